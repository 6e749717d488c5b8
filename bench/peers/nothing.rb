# A Sidekiq job that does nothing.
require 'sidekiq'

Sidekiq.configure_server { |config| config.redis = { url: ENV.fetch('REDIS_URL') } }
Sidekiq.configure_client { |config| config.redis = { url: ENV.fetch('REDIS_URL') } }

class Nothing
  include Sidekiq::Worker
  def perform(_number); end
end
