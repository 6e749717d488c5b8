"""How fast RQ works off jobs that do nothing: rq.py SOCKET JOBS CONCURRENCY

RQ has a process for each worker. Its SimpleWorker is used, which does not fork for each job as the
default one does: several times faster. Prints jobs a second, and the µs of CPU a job took in the
workers and in Redis.
"""
import logging
import multiprocessing
import os
import resource
import sys
import time

sys.path.remove(os.path.dirname(os.path.abspath(__file__)))  # this file is called rq, too
import redis  # noqa: E402
import rq  # noqa: E402

path, jobs, concurrency = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def connect():
    return redis.Redis(unix_socket_path=path)


def work():
    logging.disable(logging.CRITICAL)
    connection = connect()
    queue = rq.Queue("bench", connection=connection)
    rq.SimpleWorker([queue], connection=connection).work(burst=True)


def reading(connection):
    info = connection.info("cpu")
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (
        time.monotonic(),
        children.ru_utime + children.ru_stime,
        info["used_cpu_sys"] + info["used_cpu_user"],
    )


def fill(queue):
    prepare = rq.Queue.prepare_data
    for first in range(0, jobs, 1000):
        count = min(1000, jobs - first)
        queue.enqueue_many([prepare("operator.neg", (n,), result_ttl=0) for n in range(count)])


def main():
    connection = connect()
    queue = rq.Queue("bench", connection=connection)
    fill(queue)
    workers = [multiprocessing.Process(target=work) for _ in range(concurrency)]
    before = reading(connection)
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    after = reading(connection)
    if len(queue) or queue.failed_job_registry.count:
        sys.exit("not every job ran")
    wall, client, server = (b - a for a, b in zip(before, after))
    print(f"{jobs / wall:.0f} {client / jobs * 1e6:.3f} {server / jobs * 1e6:.3f}")


main()
