-- Logs users in, one after the other: wrk -s login.lua URL -- FIRST COUNT. With COUNT 0 no user comes twice.
local first, count, n
function init(args)
  first, count, n = tonumber(args[1]), tonumber(args[2]), 0
end
function request()
  local i = first + (count > 0 and n % count or n)
  n = n + 1
  return wrk.format("POST", nil, {["Content-Type"] = "application/json"},
    '{"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "login-' .. i ..
    '", "domain": {"id": "default"}, "password": "bench"}}}}}')
end
