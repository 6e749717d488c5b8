# How fast Sidekiq works off jobs that do nothing: REDIS_URL=… ruby sidekiq.rb JOBS CONCURRENCY
# Prints jobs a second, and the µs of CPU a job took in Sidekiq and in Redis, from the first job
# taken to the last: its start-up is not counted.
require_relative 'nothing'
require 'sidekiq/api'

# Of a process, in hundredths of a second: user and system, fields 14 and 15 of its stat.
def cpu_s(pid)
  fields = File.read("/proc/#{pid}/stat").rpartition(')').last.split
  (fields[11].to_i + fields[12].to_i) / 100.0
end

def redis_cpu_s
  info = Sidekiq.redis { |redis| redis.info('cpu') }
  info['used_cpu_sys'].to_f + info['used_cpu_user'].to_f
end

def reading(pid)
  [Process.clock_gettime(Process::CLOCK_MONOTONIC), cpu_s(pid), redis_cpu_s]
end

jobs, concurrency = ARGV.map(&:to_i)
(0...jobs).each_slice(1000) do |numbers|
  Sidekiq::Client.push_bulk('class' => Nothing, 'args' => numbers.map { |n| [n] })
end
queue = Sidekiq::Queue.new
server = spawn('sidekiq', '-r', File.join(__dir__, 'nothing.rb'), '-c', concurrency.to_s,
               out: '/dev/null', err: '/dev/null')
begin
  while queue.size == jobs
    abort 'sidekiq ended before it began' if Process.wait(server, Process::WNOHANG)
    sleep 0.01
  end
  before = reading(server)
  first = queue.size
  sleep 0.01 until queue.size.zero?
  after = reading(server)
ensure
  Process.kill('KILL', server) rescue nil # it may have ended
end
wall, client, redis = after.zip(before).map { |a, b| a - b }
puts format('%.0f %.3f %.3f', first / wall, client / first * 1e6, redis / first * 1e6)
