import type { IDataObject } from 'n8n-workflow';

import type { ColumnTypes } from '../../api/filters/columnTypes';
import type { EnteredFilter } from '../../api/filters/conditions';
import { TeamogyError } from '../../api/transport/errors';
import { getOrCreate } from '../../api/common/maps';
import type { TypedMatchQuery } from '../../api/matching/typedMatch';
import { extractId } from '../../api/record';
import { withRecordEvent } from '../../n8n/recordEvent';
import { listFilterColumns } from '../../parameters/filter';
import type { SavedCallback, WriteResult } from '../completedWrites';
import type { OperationContext, PreparedItem } from '../context';
import { ItemMatches } from '../itemMatches';
import { createAndReturn, updateAndReturn, type WriteTarget } from '../saveRecord';
import type { CreatedRecords } from './createdRecords';
import { buildNextRunHint } from './nextRunHint';
import { findSingleId } from './singleId';

export interface UpsertTask extends WriteTarget {
	/** Where the value is matched, among the documents of its type: the query without the entered filter. */
	baseQuery: TypedMatchQuery;
	/** Narrows the match down further. */
	enteredFilter: EnteredFilter;
	value: unknown;
	body: IDataObject;
	/** Whether the fields have an ID although another column is matched on. */
	hasUnusedId: boolean;
	/** Gives the body of a new record. Throws InvalidInput where required fields are missing. */
	buildNewBody: () => IDataObject;
	/** What the record is, in messages, e.g. `company`. */
	name: string;
}

/** Writes the item that it was planned for. */
export type PlannedWrite = (onSaved: SavedCallback) => Promise<IDataObject[]>;

/**
 * Plans the items of one query: matches them, and checks them before the first write.
 *
 * @param created the records of all queries with the view, unit and column
 * @returns the writes of the items that can be written
 */
export async function planUpserts(
	group: Array<PreparedItem<UpsertTask>>,
	query: TypedMatchQuery,
	columnTypes: ColumnTypes,
	context: OperationContext,
	created: CreatedRecords<UpsertTask>,
): Promise<Map<UpsertTask, PlannedWrite>> {
	const label = `The value of "${query.column}" to match on`;
	const otherColumns = listFilterColumns(group[0].task.enteredFilter);
	const settings = { query, label, otherColumns };
	const unwritten = group.filter(({ index }) => !context.writes.get(index));
	const matches = new ItemMatches<UpsertTask>(settings, columnTypes, context);
	await matches.match(unwritten);
	const plan = new UpsertPlan(context, query, matches, created);
	for (const { index, task } of group) {
		const write = context.writes.get(index);
		if (write) plan.addEarlierWrite(task, write);
	}
	const writes = new Map<UpsertTask, PlannedWrite>();
	await context.checkItems(matches.items, async (task) => {
		writes.set(task, await plan.planWrite(task));
	});
	return writes;
}

/** Which record each item of one query updates or creates. */
class UpsertPlan {
	/** The keys of the values that have or get a record in this run, by their loose keys. */
	private readonly planned = new Map<string, Set<string>>();

	constructor(
		private readonly context: OperationContext,
		private readonly query: TypedMatchQuery,
		private readonly matches: ItemMatches<UpsertTask>,
		private readonly created: CreatedRecords<UpsertTask>,
	) {}

	/** Takes over the record that an earlier try has written. */
	addEarlierWrite(task: UpsertTask, write: WriteResult): void {
		try {
			this.addPlannedValue(task);
			const result =
				'error' in write ? { maybeSavedError: write.error } : { id: extractId(write.rows[0]) };
			this.created.add(task, this.matches, result);
		} catch {
			// The value does not fit its column any more: what the account tells of the column has changed since, so the
			// view shows the record by now.
		}
	}

	/** @throws InvalidInput where the item matches several records, or has too few fields for a new record */
	async planWrite(task: UpsertTask): Promise<PlannedWrite> {
		const id = findSingleId(this.query, task.value, await this.matches.findRows(task));
		// The first item of a new value creates the record. Items of the same or a like value may update it.
		if (!id && !this.mayBePlanned(task)) task.buildNewBody();
		this.addPlannedValue(task);
		if (id) return async (onSaved) => await this.update(task, id, onSaved);
		return async (onSaved) => await this.writeNewValue(task, onSaved);
	}

	private addPlannedValue(task: UpsertTask): void {
		const { key, looseKey } = this.matches.toSpelling(task);
		getOrCreate(this.planned, looseKey, () => new Set()).add(key);
	}

	/** Whether an item before has the value, or a spelling of it that the server may treat as equal. */
	private mayBePlanned(task: UpsertTask): boolean {
		const { looseKey } = this.matches.toSpelling(task);
		return [...(this.planned.get(looseKey) ?? [])].some(
			(other) => this.matches.areEqual(task, this.matches.getDifference(task, other)) !== false,
		);
	}

	/** Creates the record of a value, or updates the one that was created for it. */
	private async writeNewValue(task: UpsertTask, onSaved: SavedCallback): Promise<IDataObject[]> {
		const id = await this.created.findId(task, this.matches);
		if (!id) return await this.create(task, onSaved);
		this.created.add(task, this.matches, { id, isShown: true });
		return await this.update(task, id, onSaved);
	}

	private async update(
		task: UpsertTask,
		id: string,
		onSaved: SavedCallback,
	): Promise<IDataObject[]> {
		const request = { ...task.request, subject: `${task.name} ${id}` };
		const rows = await updateAndReturn(
			this.context,
			{ ...task, request, selector: { id } },
			(row) => onSaved(withRecordEvent(row, 'updated')),
		);
		return rows.map((row) => withRecordEvent(row, 'updated'));
	}

	private async create(task: UpsertTask, onSaved: SavedCallback): Promise<IDataObject[]> {
		const body = task.buildNewBody();
		const rows = await createAndReturn(this.context, { ...task, body }, (row) => {
			this.created.add(task, this.matches, { id: extractId(row) });
			onSaved(withRecordEvent(row, 'created'));
		}).catch((error) => {
			if (error instanceof TeamogyError && error.maybeSaved)
				this.created.add(task, this.matches, { maybeSavedError: error });
			throw error;
		});
		const hint = buildNextRunHint(body, this.query.column);
		if (hint) this.context.client.hint(hint);
		return rows.map((row) => withRecordEvent(row, 'created'));
	}
}
