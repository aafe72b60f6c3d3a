/** Random lives of a view and its trigger: every change is told once, whatever happens meanwhile. */
import fc from 'fast-check';
import { history } from './polling/history.mts';
import { Life } from './polling/life.mts';
import { EVENTS } from './polling/trigger.mts';
import { setStage, type Stage } from './support.mts';

/** Of each event; together a thousand. */
const HISTORIES = 334;

let stage: Stage;

beforeAll(async () => {
	stage = await setStage({ rows: { opportunities: 0 } });
	// What fails fails for good: repeats are the transport's tests.
	Object.assign(stage.pace, { tries: 1 });
});
afterAll(async () => await stage.close());

it.each(EVENTS)(
	'%s',
	async (event) => {
		const lived = fc.asyncProperty(
			history,
			async (one) => await new Life(stage, event, one).live(),
		);
		await fc.assert(lived, { numRuns: HISTORIES, seed: 4 });
	},
	300_000,
);
