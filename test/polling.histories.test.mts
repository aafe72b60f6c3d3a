/** Random lives of a view and its trigger: every change is told once, whatever happens meanwhile. */
import fc from 'fast-check';
import { backlogHistory, history } from './polling/history.mts';
import { Life } from './polling/life.mts';
import { EVENTS, type EventName } from './polling/trigger.mts';
import { setStage, type Stage } from './support.mts';

/** Of each event; together more than a thousand. */
const HISTORIES = 330;
const BACKLOGS = 8;

let stage: Stage;

beforeAll(async () => {
	stage = await setStage({ rows: { opportunities: 0 } });
	// What fails fails for good: repeats are the transport's tests.
	Object.assign(stage.pace, { tries: 1, budgetWindow: 1000 });
});
afterAll(async () => await stage.close());

const lived = async (event: EventName, histories: typeof history, numRuns: number) => {
	const life = fc.asyncProperty(histories, async (one) => await new Life(stage, event, one).live());
	await fc.assert(life, { numRuns, seed: 4 });
};

it.each(EVENTS)('%s', async (event) => await lived(event, history, HISTORIES), 300_000);

it.each(EVENTS)(
	'%s, with a backlog',
	async (event) => await lived(event, backlogHistory, BACKLOGS),
	300_000,
);
