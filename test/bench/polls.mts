/** One poll of a large view: (j). */
import { startEngine } from '../engine/index.mts';
import { startSandbox } from '../sandbox/index.mts';
import { say, type Line } from './line.mts';

const JOBS = 20_000;
const COLUMNS = ['id', 'number', 'name', 'status', 'companyId'];
const PAGES = JOBS / 1000;

/** Polls twice, and counts the requests of the second poll: the first one records what is there. */
export async function benchPolls(): Promise<Line> {
	say(`A poll of ${JOBS.toLocaleString('en')} rows`);
	const sandbox = await startSandbox({ rows: { jobs: JOBS } });
	const engine = await startEngine({ credentials: { teamogyApi: sandbox.credential } });
	try {
		const poll = async (staticData: object) =>
			(await engine.poll({
				type: 'teamogyTrigger',
				name: 'Teamogy Trigger',
				staticData,
				parameters: {
					view: 'jobs',
					event: 'createdOrUpdated',
					options: { columns: COLUMNS },
				},
			})) ?? [[]];
		const staticData = {};
		await poll(staticData);
		sandbox.clearLog();
		const name = 'Changed since the first poll';
		sandbox.patch('jobs', sandbox.rows('jobs')[JOBS / 2].id as number, { name });
		const [items] = await poll(staticData);
		if (items.length !== 1 || items[0].json.name !== name) throw new Error('The change was missed');
		const requests = sandbox.log.length;
		return {
			what: `(j) a poll of *Created or Updated* over ${JOBS.toLocaleString('en')} rows of five columns`,
			ours: `${requests} ${requests === 1 ? 'request' : 'requests'}`,
			other: `${PAGES} requests (1,000 rows each)`,
			ratio: `${Math.floor(PAGES / requests)} × fewer`,
			goal: 'at most 4',
			reached: requests <= 4,
		};
	} finally {
		engine.close();
		await sandbox.close();
	}
}
