/** A process of its own with the built package in n8n's engine, as a worker of queue mode: does as its parent tells it. */
import { startEngine } from '../../engine/index.mts';
import { builtModule, type Pace } from '../testBed.mts';

export interface Order {
	credential: object;
	pace: Partial<Pace>;
	/** Runs of the node, begun together. */
	runs: Array<{ parameters: object; input?: object[] }>;
}
/** What came of each run. */
export type Report = Array<{ json: Array<Record<string, unknown>>; error?: string }>;

const engine = await startEngine();
const { TIMING } = builtModule<{ TIMING: Pace }>('nodes/api/transport/timing.js');

process.on('message', (order: Order) => void carryOut(order));
process.on('disconnect', () => process.exit());
process.on('exit', () => engine.close());
process.send!('ready');

async function carryOut({ credential, pace, runs }: Order): Promise<void> {
	Object.assign(TIMING, pace);
	const credentials = { teamogyApi: credential };
	const report = await Promise.all(
		runs.map(async ({ parameters, input }) => {
			const call = { type: 'teamogy', parameters, input: input as never, credentials };
			const { json, error } = await engine.run(call);
			return { json, error: error && `${error.message} ${error.description ?? ''}` };
		}),
	);
	process.send!(report satisfies Report);
}
