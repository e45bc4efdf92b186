-- @REG@ is the registry.
reg = "@REG@"
backupExpr = "^bkup%-(.+)%-(%d+)$"
backupLimit = 3
repos = repo.ls(reg)
table.sort(repos)
for k, r in pairs(repos) do
  tags = tag.ls(reg .. "/" .. r)
  table.sort(tags)
  backupTags = {}
  for k, t in pairs(tags) do
    if string.match(t, backupExpr) then
      tOrig, tVer = string.match(t, backupExpr)
      if not backupTags[tOrig] then
        backupTags[tOrig] = {}
      end
      table.insert(backupTags[tOrig], t)
    end
  end
  for tOrig, tVers in pairs(backupTags) do
    if #tVers > backupLimit then
      table.sort(tVers)
      delVers = {unpack(tVers, 1, #tVers - backupLimit)}
      for k, t in pairs(delVers) do
        log("Deleting old backup: " .. reg .. "/" .. r .. ":" .. t)
        tag.delete(reg .. "/" .. r .. ":" .. t)
      end
    end
  end
end
