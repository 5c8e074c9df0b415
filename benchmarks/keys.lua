-- wrk: the keys of certificates_table.py; {absent} of 100 numbers do not exist, {wrong} of 100 codes are wrong.
-- Drawn before the clock starts, more of them than a round asks: the generator shall cost the machine little.
local questions, last = {{}}, 0

function init()
  math.randomseed(os.time())
  local random, format, fmod = math.random, string.format, math.fmod
  for q = 1, {questions} do
    local i = random(1, {numbers})
    local code = {code_first} + fmod(i * {code_step}, {codes})
    if random(1, 100) <= {wrong} then code = code + 1 end
    questions[q] = format(
      "GET /verify/%.0f?code=%.0f HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n",
      {first} + i, code)
  end
end

function request()
  last = last % {questions} + 1
  return questions[last]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{{"requests": %d, "seconds": %f, "failed": %d, "p50_ms": %f, "p99_ms": %f}}\n',
    summary.requests, summary.duration / 1e6,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
