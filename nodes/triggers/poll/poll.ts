import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import type { TeamogyClient } from '../../api/client';
import { InvalidInput, Stopped } from '../../api/errors';
import { PACE } from '../../api/pace';
import { DeadlinePassed, withinDeadline } from '../../api/stop';
import { connect } from '../../context/connection';
import { withHappening } from '../../context/happening';
import { nodeError } from '../../context/nodeError';
import { asked, deliveringOf, watchingOf, type Asked } from './asked';
import type { Found } from './event';
import { reportLeftOut } from './leftOut';
import { Watched } from './watched';

/** Rows a manual test shows. */
const SAMPLE = 10;

/** The trigger's part of the workflow's static data. */
interface Kept {
	/** Stands for what is watched; another one means another start. */
	watching?: string;
	/** Stands for the columns that are known to be right. */
	delivering?: string;
	state?: unknown;
}

/**
 * Polls under way in this process. n8n starts the next one on time even if one still runs; both would
 * deliver the same records. None stays here for longer than its deadline.
 */
const underWay = new Set<string>();

/** A manual test: some records as they would be delivered. The state is left alone. */
async function sampleOf({ event, query }: Asked, watched: Watched): Promise<Found[]> {
	const sample = await watched.sample(SAMPLE);
	if (sample.length) return sample.map(({ row }) => ({ row, happening: event.happening }));
	throw new InvalidInput(
		`The view "${query.view}" has no record ${query.filter ? 'that meets the filters' : 'yet'}, so there is none to show`,
		"Once the workflow is published, records are delivered as they come. If you expect some now, check 'View', 'Filters' and 'Business Unit ID'.",
	);
}

/** What happened since the last good poll. The first one only takes down what there is. */
async function newsOf(
	ask: Asked,
	watched: Watched,
	kept: Kept,
	watching: string,
	client: TeamogyClient,
) {
	const { event } = ask;
	const delivering = deliveringOf(ask);
	const isStart = kept.watching !== watching;
	if (isStart || kept.delivering !== delivering) await watched.check();
	const { found, state } = isStart
		? { found: [], state: await event.start(watched) }
		: await event.next(watched, kept.state);
	// The next poll has begun from the state as it is.
	if (client.stop.stopped) throw new Stopped();
	// The last thing done: whatever fails before leaves the state as it was.
	if (kept.watching !== watching) kept.watching = watching;
	if (kept.delivering !== delivering) kept.delivering = delivering;
	if (state !== kept.state) kept.state = state;
	return found;
}

const givenUp = ({ query }: Asked, deadline: number): InvalidInput =>
	new InvalidInput(
		`The poll of the view "${query.view}" was given up, since it did not end within ${Math.ceil(deadline / 1000)} seconds`,
		"Nothing is lost: the next poll tries again. Teamogy answers slowly, or other runs use up the requests it allows. Narrow the rows down with filters, choose fewer columns, or raise 'Requests per Minute' in the credential.",
	);

async function pollOnce(context: IPollFunctions): Promise<Found[]> {
	const ask = asked(context);
	const client = await connect(context);
	// n8n has it from 2.41 on.
	const budgetMs = 'getPollBudgetMs' in context ? context.getPollBudgetMs() : Infinity;
	const deadline = Math.min(PACE.longestPoll, budgetMs + PACE.pollOvertime);
	const watched = new Watched(client, ask.query, budgetMs);
	const watching = watchingOf(ask, client.account);
	const turn = `${context.getWorkflow().id} ${context.getNode().id} ${watching}`;
	const isTest = context.getMode() === 'manual';
	if (!isTest && underWay.has(turn)) return [];
	if (!isTest) underWay.add(turn);
	try {
		return await withinDeadline(deadline, client.stop, async () => {
			if (isTest) return await sampleOf(ask, watched);
			const kept: Kept = context.getWorkflowStaticData('node');
			const news = await newsOf(ask, watched, kept, watching, client);
			reportLeftOut(context, turn, watched.leftOut);
			return news;
		});
	} catch (error) {
		throw error instanceof DeadlinePassed ? givenUp(ask, deadline) : error;
	} finally {
		client.close();
		if (!isTest) underWay.delete(turn);
	}
}

/**
 * One poll of the trigger: null, or what happened since the last good one, each record with
 * `teamogyEvent` beside its columns. The first poll, and the first after a change of what is watched,
 * only takes down what there is.
 *
 * @throws NodeApiError, NodeOperationError; at activation n8n shows the message and stays inactive
 */
export async function poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	try {
		const found = await pollOnce(this);
		if (!found.length) return null;
		return [found.map(({ row, happening }) => ({ json: withHappening(row, happening) }))];
	} catch (error) {
		throw nodeError(this.getNode(), error);
	}
}
