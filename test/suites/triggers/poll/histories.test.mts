/** Random histories of a view and its trigger: every change is delivered once, through restarts, pauses and other names of the trigger. */
import fc from 'fast-check';
import { backlogHistory, history } from '../../../helpers/polling/history.mts';
import { Life } from '../../../helpers/polling/life.mts';
import { ALL_EVENTS, type EventName } from '../../../helpers/polling/trigger.mts';
import { useTestBed } from '../../../helpers/testBed.mts';

/** Histories of each event. */
const HISTORIES = 330;
const BACKLOGS = 8;

const testBed = useTestBed({
	rows: { opportunities: 0 },
	// Requests are not repeated: the transport's own tests cover repeats.
	pace: { maxTries: 1, budgetWindow: 10, budgetMargin: 0 },
});

const checkHistories = async (event: EventName, histories: typeof history, numRuns: number) => {
	const life = fc.asyncProperty(
		histories,
		async (one) => await new Life(testBed, event, one).live(),
	);
	await fc.assert(life, { numRuns, seed: 4 });
};

it.each(ALL_EVENTS)(
	'%s: every change is delivered once in random histories',
	async (event) => await checkHistories(event, history, HISTORIES),
	300_000,
);

it.each(ALL_EVENTS)(
	'%s: every change is delivered once in random histories with a backlog',
	async (event) => await checkHistories(event, backlogHistory, BACKLOGS),
	300_000,
);
