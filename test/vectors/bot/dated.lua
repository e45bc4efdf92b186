imageName = "debian"
tagExp = "^testing%-%d+$"
maxKeep = 3
minRateLimit = 150
upstreamRef = reference.new("@REG@/up/" .. imageName)
localRef = reference.new("@REG@/dated/" .. imageName)
tags = tag.ls(upstreamRef)
matchTags = {}
for k, t in pairs(tags) do
  if string.match(t, tagExp) then
    table.insert(matchTags, t)
  end
end
table.sort(matchTags)
if #matchTags > maxKeep then
  matchTags = {unpack(matchTags, #matchTags - maxKeep + 1)}
  for k, t in ipairs(matchTags) do
    upstreamRef:tag(t)
    localRef:tag(t)
    if not image.ratelimitWait(upstreamRef, minRateLimit) then
      error "Timed out waiting on rate limit"
    end
    log("Copying " .. t)
    image.copy(upstreamRef, localRef)
  end
end
tags = tag.ls(localRef)
matchTags = {}
for k, t in pairs(tags) do
  if string.match(t, tagExp) then
    table.insert(matchTags, t)
  end
end
table.sort(matchTags)
if #matchTags > maxKeep then
  matchTags = {unpack(matchTags, 1, #matchTags - maxKeep)}
  for k, t in ipairs(matchTags) do
    localRef:tag(t)
    log("Deleting " .. t)
    tag.delete(localRef)
  end
end
