# How fast Sidekiq works off jobs that do nothing: REDIS_URL=… ruby sidekiq.rb JOBS CONCURRENCY
# Prints jobs a second, from the first job taken to the last.
require_relative 'nothing'
require 'sidekiq/api'

jobs, concurrency = ARGV.map(&:to_i)
(0...jobs).each_slice(1000) do |numbers|
  Sidekiq::Client.push_bulk('class' => Nothing, 'args' => numbers.map { |n| [n] })
end
queue = Sidekiq::Queue.new
server = spawn('sidekiq', '-r', File.join(__dir__, 'nothing.rb'), '-c', concurrency.to_s,
               out: '/dev/null', err: '/dev/null')
sleep 0.01 while queue.size == jobs
start = Process.clock_gettime(Process::CLOCK_MONOTONIC)
first = queue.size
sleep 0.01 until queue.size.zero?
puts (first / (Process.clock_gettime(Process::CLOCK_MONOTONIC) - start)).round
Process.kill('KILL', server)
Process.wait(server)
