-- What wrk sends: the questions in the file that it is given, one on each line, in turns. What it prints at the end:
-- figures as JSON. Usage: wrk ... -s service_load.lua URL -- FILE

local requests = {}
local place = 0

function init(args)
  local headers = { ["Content-Type"] = "application/json", ["Accept"] = "application/json" }
  for question in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("POST", nil, headers, question)
  end
end

function request()
  place = place % #requests + 1
  return requests[place]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '\n{"requests": %d, "seconds": %f, "failed": %d, "p50": %f, "p99": %f}\n',
    summary.requests, summary.duration / 1e6, failed, latency:percentile(50) / 1000, latency:percentile(99) / 1000
  ))
end
