import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import type { TeamogyClient } from '../../api/transport/client';
import { InvalidInput, ExecutionCancelled } from '../../api/transport/errors';
import { TIMING } from '../../api/transport/timing';
import { DeadlinePassed, withinDeadline } from '../../api/transport/cancel';
import { createClient } from '../../n8n/client';
import { withRecordEvent } from '../../n8n/recordEvent';
import { toNodeError } from '../../n8n/errors';
import { readTriggerSettings, deliveryHash, watchHash, type TriggerSettings } from './settings';
import type { DeliveredRow } from './event';
import { reportLeftOut } from './unusableRecords';
import { WatchedViewReader } from './viewReader';

/** Rows a manual test shows. */
const SAMPLE_ROWS = 10;

/** The trigger's part of the workflow's static data. */
interface StoredState {
	/** Stands for what is watched; another one means another start. */
	watchHash?: string;
	/** Stands for the columns that are known to be right. */
	deliveryHash?: string;
	state?: unknown;
}

/**
 * Polls under way in this process. n8n starts the next one on time even if one still runs; both would
 * deliver the same records. None stays here for longer than its deadline.
 */
const pollsInProgress = new Set<string>();

/** A manual test: some records as they would be delivered. The state is left alone. */
async function readSample(
	{ event, query }: TriggerSettings,
	viewReader: WatchedViewReader,
): Promise<DeliveredRow[]> {
	const sample = await viewReader.readSample(SAMPLE_ROWS);
	if (sample.length) return sample.map(({ row }) => ({ row, recordEvent: event.recordEvent }));
	throw new InvalidInput(
		`The view "${query.view}" has no record ${query.filter ? 'that meets the filters' : 'yet'}, so there is none to show`,
		"Once the workflow is published, records are delivered as they come. If you expect some now, check 'View', 'Filters' and 'Business Unit ID'.",
	);
}

/** What happened since the last good poll. The first one only takes down what there is. */
async function findNews(
	settings: TriggerSettings,
	viewReader: WatchedViewReader,
	stored: StoredState,
	currentWatchHash: string,
	client: TeamogyClient,
) {
	const { event } = settings;
	const currentDeliveryHash = deliveryHash(settings);
	const isStart = stored.watchHash !== currentWatchHash;
	if (isStart || stored.deliveryHash !== currentDeliveryHash) await viewReader.check();
	const { rows, state } = isStart
		? { rows: [], state: await event.start(viewReader) }
		: await event.next(viewReader, stored.state);
	// The next poll has begun from the state as it is.
	if (client.cancelSignal.isCancelled) throw new ExecutionCancelled();
	// The last thing done: whatever fails before leaves the state as it was.
	if (stored.watchHash !== currentWatchHash) stored.watchHash = currentWatchHash;
	if (stored.deliveryHash !== currentDeliveryHash) stored.deliveryHash = currentDeliveryHash;
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
	// n8n has it from 2.41 on.
	const budgetMs = 'getPollBudgetMs' in context ? context.getPollBudgetMs() : Infinity;
	const deadline = Math.min(TIMING.longestPoll, budgetMs + TIMING.pollOvertime);
	const viewReader = new WatchedViewReader(client, settings.query, budgetMs);
	const currentWatchHash = watchHash(settings, client.account);
	const turn = `${context.getWorkflow().id} ${context.getNode().id} ${currentWatchHash}`;
	const isTest = context.getMode() === 'manual';
	if (!isTest && pollsInProgress.has(turn)) return [];
	if (!isTest) pollsInProgress.add(turn);
	try {
		return await withinDeadline(deadline, client.cancelSignal, async () => {
			if (isTest) return await readSample(settings, viewReader);
			const stored: StoredState = context.getWorkflowStaticData('node');
			const news = await findNews(settings, viewReader, stored, currentWatchHash, client);
			const missed = viewReader.missed.map((error) => client.redactError(error));
			reportLeftOut(context, turn, missed);
			return news;
		});
	} catch (error) {
		throw client.redactError(
			error instanceof DeadlinePassed ? deadlineError(settings, deadline) : error,
		);
	} finally {
		client.close();
		if (!isTest) pollsInProgress.delete(turn);
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
		const rows = await pollOnce(this);
		if (!rows.length) return null;
		return [rows.map(({ row, recordEvent }) => ({ json: withRecordEvent(row, recordEvent) }))];
	} catch (error) {
		throw toNodeError(this.getNode(), error);
	}
}
