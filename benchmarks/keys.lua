-- wrk: the keys of certificates_table.py; {absent} of 100 numbers do not exist, {wrong} of 100 codes are wrong.
local threads = 0
function setup(thread)
  threads = threads + 1
  thread:set("number_of_thread", threads)
end
function init()
  math.randomseed(os.time() * 100 + number_of_thread)
end
local random, format, fmod = math.random, string.format, math.fmod
function request()
  local i = random(1, {numbers})
  local code = {code_first} + fmod(i * {code_step}, {codes})
  if random(1, 100) <= {wrong} then code = code + 1 end
  return format(
    "GET /verify/%.0f?code=%.0f HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n",
    {first} + i, code)
end
function done(summary, latency)
  local errors = summary.errors
  io.write(format('{{"requests": %d, "seconds": %f, "failed": %d, "p50_ms": %f, "p99_ms": %f}}\n',
    summary.requests, summary.duration / 1e6,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
