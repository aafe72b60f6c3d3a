import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import type { TeamogyClient } from '../../api/transport/client';
import { ExecutionCancelled } from '../../api/transport/errors';
import { InvalidInput } from '../../api/common/invalidInput';
import { DeadlinePassed, withinDeadline } from '../../api/transport/cancel';
import { createClient } from '../../n8n/client';
import { withRecordEvent } from '../../n8n/recordEvent';
import { toNodeError } from '../../n8n/errors';
import {
	getDeliveryHash,
	readTriggerSettings,
	readWatchedQuery,
	getWatchHash,
	type TriggerSettings,
} from './settings';
import type { DeliveredRow } from './event';
import { reportSkippedRows } from './skippedRows';
import { POLL_TIMING } from './timing';
import { WatchedViewReader } from './viewReader';

/** Rows a manual test shows. */
const SAMPLE_ROWS = 10;

/** The trigger's part of the workflow's static data. */
interface StoredState {
	/** Stands for what is watched. Another hash starts the trigger anew. */
	getWatchHash?: string;
	/** Stands for the columns that Teamogy has accepted. */
	getDeliveryHash?: string;
	state?: unknown;
}

/**
 * The polls that run in this process. n8n starts the next poll on time even if one still runs; both would
 * deliver the same records. A poll leaves the set at its deadline at the latest.
 */
const pollsInProgress = new Set<string>();

/**
 * The rows of a manual test: some records, marked as a sample. `teamogyEvent` has the value that the event gives,
 * so that nodes which read it can be tested. The state does not change.
 */
async function readTestRows(
	{ event, query }: TriggerSettings,
	viewReader: WatchedViewReader,
): Promise<DeliveredRow[]> {
	const sample = await viewReader.readSample(SAMPLE_ROWS);
	if (sample.length) {
		const { recordEvent } = event;
		return sample.map(({ row }) => ({ row: { teamogySample: true, ...row }, recordEvent }));
	}
	throw new InvalidInput(
		`The view "${query.view}" has no record ${query.filter ? 'that meets the filters' : 'yet'}, so there is none to show`,
		"Once the workflow is published, records are delivered as they come. If you expect some now, check 'View', 'Filters' and 'Business Unit ID'.",
	);
}

/** What happened since the last good poll. The first poll only records the rows that exist. */
async function findNews(
	settings: TriggerSettings,
	viewReader: WatchedViewReader,
	stored: StoredState,
	currentWatchHash: string,
	client: TeamogyClient,
) {
	const { event } = settings;
	const currentDeliveryHash = getDeliveryHash(settings);
	const isStart = stored.getWatchHash !== currentWatchHash;
	if (isStart || stored.getDeliveryHash !== currentDeliveryHash) await viewReader.check();
	const { rows, state } = isStart
		? { rows: [], state: await event.start(viewReader) }
		: await event.next(viewReader, stored.state);
	// After its deadline this poll must not change the state: the next poll may have started from it.
	if (client.cancelSignal.isCancelled) throw new ExecutionCancelled();
	// The state changes last, so that a failed poll leaves the state unchanged.
	if (stored.getWatchHash !== currentWatchHash) stored.getWatchHash = currentWatchHash;
	if (stored.getDeliveryHash !== currentDeliveryHash) stored.getDeliveryHash = currentDeliveryHash;
	if (state !== stored.state) stored.state = state;
	return rows;
}

const deadlineError = ({ query }: TriggerSettings, deadline: number): InvalidInput =>
	new InvalidInput(
		`The poll of the view "${query.view}" was given up, since it did not end within ${Math.ceil(deadline / 1000)} seconds`,
		"Nothing is lost: the next poll tries again. Teamogy answers slowly, or other runs use up the requests it allows. Narrow the rows down with filters, choose fewer columns, or raise 'Requests per Minute' in the credential.",
	);

async function pollOnce(context: IPollFunctions): Promise<DeliveredRow[]> {
	const settings = readTriggerSettings(context);
	const client = await createClient(context);
	// Before version 2.41 n8n sets no time for a poll.
	const budgetMs = 'getPollBudgetMs' in context ? context.getPollBudgetMs() : Infinity;
	const deadline = Math.min(POLL_TIMING.maxDuration, budgetMs + POLL_TIMING.overtime);
	const started = performance.now();
	const currentWatchHash = getWatchHash(settings, client.account);
	const trigger = `${context.getWorkflow().id} ${context.getNode().id} ${currentWatchHash}`;
	const isTest = context.getMode() === 'manual';
	if (!isTest && pollsInProgress.has(trigger)) return [];
	if (!isTest) pollsInProgress.add(trigger);
	try {
		return await withinDeadline(deadline, client.cancelSignal, async () => {
			const query = await readWatchedQuery(settings, client, context.getTimezone());
			const budgetLeft = budgetMs - (performance.now() - started);
			const viewReader = new WatchedViewReader(client, query, budgetLeft);
			if (isTest) return await readTestRows({ ...settings, query }, viewReader);
			const stored: StoredState = context.getWorkflowStaticData('node');
			const news = await findNews(settings, viewReader, stored, currentWatchHash, client);
			reportSkippedRows(context, trigger, viewReader.skippedRows, client);
			return news;
		});
	} catch (error) {
		throw client.redactError(
			error instanceof DeadlinePassed ? deadlineError(settings, deadline) : error,
		);
	} finally {
		client.close();
		if (!isTest) pollsInProgress.delete(trigger);
	}
}

/**
 * One poll of the trigger: what happened since the last good poll, each record with `teamogyEvent` beside its
 * columns; null if nothing happened. The first poll, and the first poll after a change of what is watched, only
 * records the rows that exist.
 *
 * @throws NodeApiError, NodeOperationError; at activation n8n shows the message and the workflow stays
 * inactive
 */
export async function poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	try {
		const rows = await pollOnce(this);
		if (!rows.length) return null;
		return [rows.map(({ row, recordEvent }) => ({ json: withRecordEvent(row, recordEvent) }))];
	} catch (error) {
		throw toNodeError(this.getNode(), error);
	}
}
