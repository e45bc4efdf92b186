imageName = "@REG@/ci/example"
tagExp = "^ci%-%d+$"
maxDays = 30
imageLabel = "org.opencontainers.image.created"
dateFmt = "!%Y-%m-%dT%H:%M:%SZ"
timeRef = os.time() - (86400*maxDays)
cutoff = os.date(dateFmt, timeRef)
log("Searching for images before: " .. cutoff)
ref = reference.new(imageName)
tags = tag.ls(ref)
table.sort(tags)
for k, t in pairs(tags) do
  if string.match(t, tagExp) then
    ref:tag(t)
    ic = image.config(ref)
    if ic.Config.Labels[imageLabel] < cutoff then
      log("Deleting " .. t .. " created on " .. ic.Config.Labels[imageLabel])
      tag.delete(ref)
    else
      log("Skipping " .. t .. " created on " .. ic.Config.Labels[imageLabel])
    end
  end
end
