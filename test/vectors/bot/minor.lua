imageList = {"up/alpine", "up/debian"}
upstream = "@REG@"
localReg = "@REG@/local"
tagExp = "^%d+%.%d+$"
minRateLimit = 100
maxKeep = 3
function string.split (inputStr, sep)
  if sep == nil then
    sep = "%s"
  end
  local t={}
  for str in string.gmatch(inputStr, "([^"..sep.."]+)") do
    table.insert(t, str)
  end
  return t
end
function isNumber (inputStr)
  if string.gmatch(inputStr, "^%d+$") then
    return true
  else
    return false
  end
end
function orderSemVer(a, b)
  aSplit = string.split(a, "%.-")
  bSplit = string.split(b, "%.-")
  min = (#aSplit > #bSplit) and #aSplit or #bSplit
  for i = 1, min do
    if isNumber(aSplit[i]) and isNumber(bSplit[i]) then
      aNum = tonumber(aSplit[i])
      bNum = tonumber(bSplit[i])
      if aNum ~= bNum then
        return aNum < bNum
      end
    elseif aSplit[i] ~= bSplit[i] then
      return aSplit[i] < bSplit[i]
    end
  end
  return #aSplit < #bSplit
end
for k, imageName in ipairs(imageList) do
  upstreamRef = reference.new(upstream .. "/" .. imageName)
  localRef = reference.new(localReg .. "/" .. imageName)
  tags = tag.ls(upstreamRef)
  matchTags = {}
  for k, t in pairs(tags) do
    if string.match(t, tagExp) then
      table.insert(matchTags, t)
    end
  end
  table.sort(matchTags, orderSemVer)
  if #matchTags > maxKeep then
    matchTags = {unpack(matchTags, #matchTags - maxKeep + 1)}
  end
  for k, t in ipairs(matchTags) do
    if string.match(t, tagExp) then
      upstreamRef:tag(t)
      localRef:tag(t)
      if not image.ratelimitWait(upstreamRef, minRateLimit) then
        error "Timed out waiting on rate limit"
      end
      image.copy(upstreamRef, localRef)
    end
  end
end
