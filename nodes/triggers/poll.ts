import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { columnName } from '../api/address';
import { EVERY_VIEW } from '../api/catalog';
import { InvalidInput } from '../api/errors';
import { connect } from '../context/connection';
import { Given } from '../parameters/given';
import { nodeError } from '../context/nodeError';
import { created } from './created';
import { createdOrUpdated } from './createdOrUpdated';
import { digest } from './digest';
import { entersFilter } from './entersFilter';
import type { Found, TriggerEvent } from './event';
import { Watched, type WatchedQuery } from './watched';

const EVENTS = { created, createdOrUpdated, entersFilter };

/** Rows a manual test shows. */
const SAMPLE = 10;

/** The trigger's part of the workflow's static data. */
interface Kept {
	/** Stands for what is watched; another one means another start. */
	watching?: string;
	state?: unknown;
}

/**
 * Polls under way in this process. n8n starts the next one on time even if one still runs; both would
 * deliver the same records.
 */
const underWay = new Set<string>();

/** An event, whatever its state is made of. */
const eventOf = (name: string): TriggerEvent<unknown> => {
	if (Object.hasOwn(EVENTS, name))
		return EVENTS[name as keyof typeof EVENTS] as TriggerEvent<unknown>;
	throw new InvalidInput(`The Event "${name}" does not exist`, 'Choose one from the list.');
};

const queryOf = (given: Given): WatchedQuery => ({
	...given.viewQuery,
	filter: given.filter,
	idColumn: columnName(given.option('idColumn') ?? 'id', 'ID Column'),
});

/** The record, and beside its columns what happened to it. */
const items = (found: Found[]): INodeExecutionData[] =>
	found.map(({ row, happening }) => ({ json: { ...row, teamogyEvent: happening } as IDataObject }));

async function pollOnce(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const given = new Given(
		(name, fallback) => context.getNodeParameter(name, fallback as object),
		EVERY_VIEW,
	);
	const name = given.text('event');
	const event = eventOf(name);
	const query = queryOf(given);
	if (event === eventOf('entersFilter') && !query.filter) {
		throw new InvalidInput(
			'There is no filter that records could enter',
			'Add a condition under Filters, e.g. that the column status equals APPROVED, or choose another event.',
		);
	}
	const client = await connect(context);
	// n8n has it from 2.41 on; before, a poll may take as long as it needs.
	const budgetMs = 'getPollBudgetMs' in context ? context.getPollBudgetMs() : Infinity;
	const watched = new Watched(client, query, budgetMs);

	if (context.getMode() === 'manual') {
		const sample = await watched.sample(SAMPLE, name === 'created');
		if (!sample.length) return null;
		return [items(sample.map(({ row }) => ({ row, happening: event.happening })))];
	}

	const { origin, unitId } = client.account;
	// What is watched; not the page size, which says only how.
	const content = { ...query, unitId: query.unitId ?? unitId, pageSize: undefined };
	const watching = digest([origin, name, content], 22);
	const turn = `${context.getWorkflow().id} ${context.getNode().id} ${watching}`;
	if (underWay.has(turn)) return null;
	underWay.add(turn);
	try {
		const kept = context.getWorkflowStaticData('node') as Kept;
		if (kept.watching !== watching) {
			await watched.check();
			const state = await event.start(watched);
			Object.assign(kept, { watching, state });
			return null;
		}
		const { found, state } = await event.next(watched, kept.state);
		// The last thing done: whatever fails before leaves the state as it was.
		if (state !== kept.state) kept.state = state;
		return found.length ? [items(found)] : null;
	} finally {
		underWay.delete(turn);
	}
}

/**
 * One poll of the trigger: null, or what happened since the last good one. The first poll, and the
 * first after a change of what is watched, only takes down what there is.
 *
 * @throws NodeApiError, NodeOperationError; at activation n8n shows the message and stays inactive
 */
export async function poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	try {
		return await pollOnce(this);
	} catch (error) {
		throw nodeError(this.getNode(), error);
	}
}
