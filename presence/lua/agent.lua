-- Shared by the scripts about agents. A status that nobody chose is online.
local function status()
  if get('online') ~= '1' and get('held') ~= '1' then return 'offline' end
  local chosen = get('chosen')
  return chosen == '' and 'online' or chosen
end
