-- Asks for the addresses that a file names, one after the other, round and round.
local requests, place = {}, 0

function init(arguments)
  for address in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("GET", address)
  end
end

function request()
  place = place % #requests + 1
  return requests[place]
end
