import type { IDataObject } from 'n8n-workflow';

import type { ColumnTypes } from '../../api/filters/columnTypes';
import { rowsWithoutIdError, severalRecordsError } from '../../api/matching/matchErrors';
import type { EnteredFilter } from '../../api/filters/conditions';
import { TeamogyError } from '../../api/transport/errors';
import { InvalidInput } from '../../api/common/invalidInput';
import { isEmpty } from '../../api/common/json';
import { formatValue } from '../../api/common/formatValue';
import { getDistance } from '../../api/matching/spellings';
import { getOrCreate } from '../../api/common/maps';
import type { TypedMatchQuery } from '../../api/matching/typedMatch';
import { extractId, parseRecordId } from '../../api/record';
import type { Row } from '../../api/views/row';
import { withRecordEvent } from '../../n8n/recordEvent';
import { listFilterColumns } from '../../parameters/filter';
import type { SavedCallback, WriteResult } from '../completedWrites';
import type { OperationContext, PreparedItem } from '../context';
import { ItemMatches } from '../itemMatches';
import { createAndReturn, updateAndReturn, type WriteTarget } from '../saveRecord';
import type { CreatedRecord, CreatedRecords, NearRecord } from './createdRecords';
import { buildNextRunHint } from './nextRunHint';

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
			this.addCreatedRecord(
				task,
				'error' in write ? { maybeSavedError: write.error } : { id: extractId(write.rows[0]) },
			);
		} catch {
			// The value does not fit its column any more: what the account tells of the column has changed since, so the
			// view shows the record by now.
		}
	}

	/** @throws InvalidInput where the item matches several records, or has too few fields for a new record */
	async planWrite(task: UpsertTask): Promise<PlannedWrite> {
		const id = this.toSingleId(task, await this.matches.findRows(task));
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
		const { key, looseKey } = this.matches.toSpelling(task);
		const comparison = this.matches.getComparison(task);
		return [...(this.planned.get(looseKey) ?? [])].some(
			(other) => comparison.areEqual(getDistance(key, other)) !== false,
		);
	}

	private addCreatedRecord(
		task: UpsertTask,
		record: Pick<CreatedRecord<UpsertTask>, 'id' | 'maybeSavedError'>,
	): void {
		const { matches } = this;
		this.created.add({ ...matches.toSpelling(task), ...record, matches, task });
	}

	/** Creates the record of a value, or updates the one that was created for it. */
	private async writeNewValue(task: UpsertTask, onSaved: SavedCallback): Promise<IDataObject[]> {
		const id = await this.findCreatedId(task);
		if (!id) return await this.create(task, onSaved);
		this.addCreatedRecord(task, { id });
		return await this.update(task, id, onSaved);
	}

	/** The ID of the record with the value, undefined without one. Throws InvalidInput for several records. */
	private toSingleId({ value }: UpsertTask, rows: Row[]): string | undefined {
		const ids = [...new Set(rows.map(({ id }) => id))];
		if (ids.some(isEmpty)) {
			throw rowsWithoutIdError(
				this.query.view,
				'Update the record with the operation Update instead.',
			);
		}
		if (ids.length > 1) {
			throw severalRecordsError(
				`"${formatValue(value)}" in "${this.query.column}"`,
				ids,
				'Match on a column that is different for every record, narrow the match with filters, or update the right one by its ID.',
			);
		}
		return ids.length ? parseRecordId(ids[0], 'The ID of the record found') : undefined;
	}

	/**
	 * The ID of the record that this run or an earlier try has created for the value. The record of another spelling, or
	 * of an item with another filter, is the record of this value if Teamogy finds it for this value and filter now.
	 *
	 * @throws the doubt about a record that may have been saved; InvalidInput where the view does not show a new record
	 */
	private async findCreatedId(task: UpsertTask): Promise<string | undefined> {
		const candidates = this.listCandidates(task);
		const own = this.findCertainCandidate(task, candidates);
		if (own?.maybeSavedError) throw own.maybeSavedError;
		if (own?.id || !candidates.length) return own?.id;
		// Before the value: a record that came into the view in between would seem to be another value's.
		for (const { record } of candidates) if (record !== own) await this.checkShown(record);
		const id = this.toSingleId(task, await this.matches.findRowsAgain(task));
		if (id) this.noteFound(task, candidates, id);
		else this.assertDifferent(task, candidates);
		return id;
	}

	/** The created records that may be the record of the value, as far as is known, the nearest first. */
	private listCandidates(task: UpsertTask): Array<NearRecord<UpsertTask>> {
		const comparison = this.matches.getComparison(task);
		return this.created
			.list(this.matches.toSpelling(task))
			.filter(({ distance }) => comparison.areEqual(distance) !== false);
	}

	/** The candidate that certainly is the record of the value. */
	private findCertainCandidate(
		task: UpsertTask,
		candidates: Array<NearRecord<UpsertTask>>,
	): CreatedRecord<UpsertTask> | undefined {
		const comparison = this.matches.getComparison(task);
		return candidates.find(
			({ record, distance }) =>
				record.matches === this.matches && comparison.areEqual(distance) === true,
		)?.record;
	}

	/** Notes that Teamogy treats the spelling of the record that it found as equal. */
	private noteFound(task: UpsertTask, candidates: Array<NearRecord<UpsertTask>>, id: string): void {
		const found = candidates.find(({ record }) => record.id === id);
		if (found) this.matches.getComparison(task).noteEqual(found.distance);
	}

	/**
	 * Notes that the candidates have other values, since Teamogy finds none of them for this one.
	 *
	 * @throws the doubt about a candidate; InvalidInput where the view does not show one yet
	 */
	private assertDifferent(task: UpsertTask, candidates: Array<NearRecord<UpsertTask>>): void {
		for (const { record, distance } of candidates) {
			const isOwnQuery = record.matches === this.matches;
			if (record.maybeSavedError)
				throw isOwnQuery ? record.maybeSavedError : this.doubtError(record);
			if (!record.isShown) throw this.notShownError(record);
			// A record with another filter may be left out because of the filter.
			if (isOwnQuery) this.matches.getComparison(task).noteDifferent(distance);
		}
	}

	/** Finds out whether the view shows a created record for its own value. Until then it cannot show it for another one. */
	private async checkShown(record: CreatedRecord<UpsertTask>): Promise<void> {
		const { matches, task, maybeSavedError } = record;
		if (!maybeSavedError) record.isShown ||= (await matches.findRowsAgain(task)).length > 0;
	}

	private doubtError({ task }: CreatedRecord<UpsertTask>): InvalidInput {
		return new InvalidInput(
			`The record of another item with "${formatValue(task.value)}" in "${this.query.column}" may have been saved`,
			'It may be the record of this item too, so nothing was sent. Look the record up in Teamogy before you run the workflow again.',
		);
	}

	private notShownError({ task }: CreatedRecord<UpsertTask>): InvalidInput {
		const { column, view } = this.query;
		return new InvalidInput(
			`The new record for "${formatValue(task.value)}" in "${column}" is not in the view "${view}" yet`,
			'No second record was created. Update the new record when the view shows it.',
		);
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
			this.addCreatedRecord(task, { id: extractId(row) });
			onSaved(withRecordEvent(row, 'created'));
		}).catch((error) => {
			if (error instanceof TeamogyError && error.maybeSaved)
				this.addCreatedRecord(task, { maybeSavedError: error });
			throw error;
		});
		const hint = buildNextRunHint(body, this.query.column);
		if (hint) this.context.client.hint(hint);
		return rows.map((row) => withRecordEvent(row, 'created'));
	}
}
