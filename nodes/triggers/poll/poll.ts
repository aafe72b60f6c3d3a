import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { InvalidInput } from '../../api/common/invalidInput';
import { ColumnTypes } from '../../api/filters/columnTypes';
import { explainRejection } from '../../api/filters/missingColumn';
import { DeadlinePassed, withinDeadline } from '../../api/transport/cancel';
import { createClient } from '../../n8n/client';
import { withRecordEvent } from '../../n8n/recordEvent';
import { toNodeError } from '../../n8n/errors';
import type { DeliveredRow } from './event';
import {
	compileWatchedQuery,
	listNamedColumns,
	readTriggerSettings,
	type TriggerSettings,
} from './settings';
import { findNews, startsAnew, type StoredState } from './storedState';
import { POLL_TIMING } from './timing';
import { WatchedViewReader } from './viewReader';
import { getWatchHash } from './watchHash';

/** Rows that a manual test shows, at most. */
const MAX_TEST_ROWS = 10;

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
	const sample = await viewReader.readSample(MAX_TEST_ROWS);
	if (sample.length) {
		const { recordEvent } = event;
		return sample.map(({ row }) => ({ row: { teamogySample: true, ...row }, recordEvent }));
	}
	throw new InvalidInput(
		`The view "${query.view}" has no record ${query.filter ? 'that meets the filters' : 'yet'}, so there is none to show`,
		"Once the workflow is published, records are delivered as they come. If you expect some now, check 'View', 'Filters' and 'Business Unit ID'.",
	);
}

const deadlineError = ({ query }: TriggerSettings, deadline: number): InvalidInput =>
	new InvalidInput(
		`The poll of the view "${query.view}" took longer than ${Math.ceil(deadline / 1000)} seconds and was stopped`,
		"Nothing is lost: the next poll tries again. Teamogy answers slowly, or other runs use up the requests it allows. Narrow the records down with filters, choose fewer columns, or raise 'Requests per Minute' in the credential.",
	);

const damagedStateError = (): InvalidInput =>
	new InvalidInput(
		'What the trigger remembered was damaged, so it started anew',
		'What happened since the last good poll starts nothing: check the records of that time. The static data of the workflow was probably changed by hand or by another node.',
	);

async function pollOnce(context: IPollFunctions): Promise<DeliveredRow[]> {
	const settings = readTriggerSettings(context);
	const client = await createClient(context);
	// Before version 2.41 n8n sets no time for a poll.
	const budgetMs = 'getPollBudgetMs' in context ? context.getPollBudgetMs() : Infinity;
	const deadline = Math.min(POLL_TIMING.maxDuration, budgetMs + POLL_TIMING.overtime);
	const started = performance.now();
	const watchHash = getWatchHash(settings, client.account);
	const trigger = `${context.getWorkflow().id} ${context.getNode().id} ${watchHash}`;
	const isTest = context.getMode() === 'manual';
	if (!isTest && pollsInProgress.has(trigger)) return [];
	if (!isTest) pollsInProgress.add(trigger);
	try {
		return await withinDeadline(deadline, client.cancelSignal, async () => {
			const columnTypes = new ColumnTypes(client, context.getTimezone());
			const stored: StoredState = context.getWorkflowStaticData('node');
			const isStart = !isTest && startsAnew(stored, settings, watchHash);
			const query = await compileWatchedQuery(settings, columnTypes, isStart);
			const explain = async (error: unknown): Promise<never> => {
				const named = listNamedColumns(settings);
				throw await explainRejection(error, columnTypes.samples, query, named);
			};
			const budgetLeft = budgetMs - (performance.now() - started);
			const viewReader = new WatchedViewReader(client, query, budgetLeft);
			if (isTest) return await readTestRows({ ...settings, query }, viewReader).catch(explain);
			const { rows, wasDamaged } = await findNews(
				settings,
				watchHash,
				stored,
				viewReader,
				client.cancelSignal,
			).catch(explain);
			viewReader.skippedRows.report(context, trigger, client);
			if (wasDamaged) context.__emitError(toNodeError(context.getNode(), damagedStateError()));
			return rows;
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
