// How fast BullMQ works off jobs that do nothing: node bullmq.js SOCKET JOBS CONCURRENCY
// Prints jobs a second, and the µs of CPU a job took in node and in Redis, from the first job
// started to the last completed. Nothing is kept of a job that is done, as everywhere here.
const { Queue, Worker } = require('bullmq');
const Redis = require('ioredis');

const [path, jobs, concurrency] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const connect = () => new Redis({ path, maxRetriesPerRequest: null });

async function reading(redis) {
	const info = await redis.info('cpu');
	const field = (name) => Number(info.match(new RegExp(`${name}:([0-9.]+)`))[1]);
	const own = process.cpuUsage();
	return {
		wall: process.hrtime.bigint(),
		client: own.user + own.system,
		server: (field('used_cpu_sys') + field('used_cpu_user')) * 1e6,
	};
}

async function fill(queue) {
	for (let i = 0; i < jobs; i += 1000) {
		const chunk = Array.from({ length: Math.min(1000, jobs - i) }, (_, k) => ({
			name: 'foo', data: { n: k }, opts: { removeOnComplete: true },
		}));
		await queue.addBulk(chunk);
	}
}

function drain(connection) {
	return new Promise((resolve, reject) => {
		let done = 0;
		const worker = new Worker('bench', async () => {}, { connection, concurrency });
		worker.on('completed', () => { if (++done === jobs) resolve(worker); });
		worker.on('failed', (job, error) => reject(error));
		worker.on('error', reject);
	});
}

async function main() {
	const redis = connect();
	const queue = new Queue('bench', { connection: connect() });
	await fill(queue);
	const before = await reading(redis);
	await drain(connect());
	const after = await reading(redis);
	const rate = jobs / (Number(after.wall - before.wall) / 1e9);
	console.log(rate.toFixed(0), ((after.client - before.client) / jobs).toFixed(3),
		((after.server - before.server) / jobs).toFixed(3));
	process.exit(0);
}

main().catch((error) => { console.error(error.message); process.exit(1); });
