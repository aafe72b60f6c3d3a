import type { IDataObject } from 'n8n-workflow';

import type { ColumnTypes } from '../../api/views/columnTypes';
import { rowsWithoutIdError, severalRecordsError } from '../../api/views/matchErrors';
import type { Filter } from '../../api/views/conditions';
import { TeamogyError } from '../../api/transport/errors';
import { InvalidInput } from '../../api/common/invalidInput';
import { formatValue } from '../../api/common/formatValue';
import type { SpellingComparison } from '../../api/views/spellings';
import type { TypedMatchQuery } from '../../api/views/typedMatch';
import { extractId, parseRecordId } from '../../api/record';
import type { Row } from '../../api/views/view';
import { withRecordEvent } from '../../n8n/recordEvent';
import { listFilterColumns } from '../../parameters/filter';
import type { SavedCallback } from '../completedWrites';
import type { OperationContext, PreparedItem } from '../context';
import { ItemMatcher } from '../itemMatcher';
import { saveRecord, type WriteTarget } from '../saveRecord';
import { CreatedRecords, getCreatedId, type OtherSpelling } from './createdRecords';
import { buildNextRunHint } from './nextRunHint';

export interface UpsertTask extends WriteTarget {
	/** Where the value is matched, among the documents of its type. */
	query: TypedMatchQuery;
	/** The filter as it is entered, which narrows the match down further. */
	filter: Filter;
	value: unknown;
	body: IDataObject;
	/** Gives the body of a new record. Throws InvalidInput where required fields are missing. */
	buildNewBody: () => IDataObject;
	/** What the record is, in messages, e.g. `company`. */
	name: string;
}

/** The plan for the items of one view and column: which record each item updates or creates. */
export class UpsertPlan {
	private readonly matcher: ItemMatcher;

	private readonly created = new CreatedRecords<UpsertTask>();

	/** The IDs of the records that items update; undefined for an item without one. Set by `prepare`. */
	private readonly matchedIds = new Map<UpsertTask, string | undefined>();

	constructor(
		private readonly context: OperationContext,
		columnTypes: ColumnTypes,
		private readonly query: TypedMatchQuery,
		private readonly group: Array<PreparedItem<UpsertTask>>,
	) {
		const label = `The value of "${query.column}" to match on`;
		const filterColumns = listFilterColumns(group[0].task.filter);
		this.matcher = new ItemMatcher(context, columnTypes, query, label, true, filterColumns);
	}

	/** Matches the items and checks them before the first write. Gives those that `write` can write. */
	async prepare(): Promise<UpsertTask[]> {
		const { context } = this;
		const unwritten = this.group.filter(({ index }) => !context.writes.get(index));
		if (!unwritten.length) return [];
		const matched = await this.matcher.match(unwritten);
		if (!matched.length) return [];
		this.takeOverPreviousWrites();
		/** The loose keys of the values that get a record in this run. */
		const planned = new Set<string>();
		await context.checkItems(matched, async (task) => {
			const id = await this.findId(task);
			const { key, looseKey } = this.matcher.toSpelling(task);
			// The first item of a new value creates the record. Items of the same or a like value may update it.
			if (!id && !planned.has(looseKey) && !this.created.hasSpelling(key)) task.buildNewBody();
			planned.add(looseKey);
			this.matchedIds.set(task, id);
		});
		return [...this.matchedIds.keys()];
	}

	/** Updates the record that the item matches, or creates one. */
	async write(task: UpsertTask, onSaved: SavedCallback): Promise<IDataObject[]> {
		const matchedId = this.matchedIds.get(task);
		const id = matchedId ?? (await this.findCreatedId(task));
		if (!id) return await this.create(task, onSaved);
		if (!matchedId) this.created.add(this.matcher.toSpelling(task).key, { id, task });
		return await this.update(task, id, onSaved);
	}

	/**
	 * Takes over the records that an earlier try has written. A value that does not fit its column any more is
	 * left out: what the account tells of the column has changed since, so the view shows the record by now.
	 */
	private takeOverPreviousWrites(): void {
		for (const { index, task } of this.group) {
			const write = this.context.writes.get(index);
			const key = write && this.findKey(task);
			if (!write || key === undefined) continue;
			const record = 'error' in write ? { doubt: write.error } : { id: extractId(write.rows[0]) };
			this.created.add(key, { ...record, task });
		}
	}

	/** The key of a value; undefined for one that does not fit its column. */
	private findKey(task: UpsertTask): string | undefined {
		try {
			return this.matcher.toSpelling(task).key;
		} catch {
			return undefined;
		}
	}

	/** The ID of the record with the value, undefined without one. Throws InvalidInput for several records. */
	private async findId(task: UpsertTask): Promise<string | undefined> {
		return this.toSingleId(task, await this.matcher.findRows(task));
	}

	private toSingleId({ value }: UpsertTask, rows: Row[]): string | undefined {
		const ids = [
			...new Set(rows.map(({ id }) => id).filter((id) => id !== undefined && id !== null)),
		];
		if (rows.length && !ids.length) {
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
	 * The ID of the record that this run or an earlier try has created for the value, or for another spelling that the
	 * server holds for equal.
	 *
	 * @throws the doubt about a record that may have been saved
	 */
	private async findCreatedId(task: UpsertTask): Promise<string | undefined> {
		const { key } = this.matcher.toSpelling(task);
		const comparison = this.matcher.getComparison(task);
		const record = this.created.find(key, comparison);
		if (!record) {
			const undecided = this.created.listUndecided(key, comparison);
			return undecided.length ? await this.decide(task, undecided, comparison) : undefined;
		}
		const id = getCreatedId(record) ?? (await this.matchAgain(task));
		if (!id) throw this.notShownError(task);
		return id;
	}

	/** Matches the value again, which shows whether the server holds it for equal to one of the other spellings. */
	private async decide(
		task: UpsertTask,
		undecided: Array<OtherSpelling<UpsertTask>>,
		comparison: SpellingComparison,
	): Promise<string | undefined> {
		const id = await this.matchAgain(task);
		if (id) {
			const match = undecided.find((other) => 'id' in other.record && other.record.id === id);
			comparison.note((match ?? undecided[0]).distance, true);
			return id;
		}
		for (const { record, distance } of undecided) {
			const isShown = getCreatedId(record) && (await this.matchAgain(record.task));
			if (!isShown) throw this.notShownError(record.task);
			// The view shows the record for the other spelling, and not for this value.
			comparison.note(distance, false);
		}
		return undefined;
	}

	private async matchAgain(task: UpsertTask): Promise<string | undefined> {
		return this.toSingleId(task, await this.matcher.findRowsAgain(task));
	}

	private notShownError({ value }: UpsertTask): InvalidInput {
		const { column, view } = this.query;
		return new InvalidInput(
			`The new record for "${formatValue(value)}" in "${column}" is not in the view "${view}" yet`,
			'No second record was created. Update the new record when the view shows it.',
		);
	}

	private async update(
		task: UpsertTask,
		id: string,
		onSaved: SavedCallback,
	): Promise<IDataObject[]> {
		const request = { ...task.request, subject: `${task.name} ${id}` };
		const rows = await saveRecord(this.context, { ...task, request, selector: { id } }, (row) =>
			onSaved(withRecordEvent(row, 'updated')),
		);
		return rows.map((row) => withRecordEvent(row, 'updated'));
	}

	private async create(task: UpsertTask, onSaved: SavedCallback): Promise<IDataObject[]> {
		const { context } = this;
		const { key } = this.matcher.toSpelling(task);
		const body = task.buildNewBody();
		const rows = await saveRecord(context, { ...task, body }, (row) => {
			this.created.add(key, { id: extractId(row), task });
			onSaved(withRecordEvent(row, 'created'));
		}).catch((error) => {
			if (error instanceof TeamogyError && error.maybeSaved)
				this.created.add(key, { doubt: error, task });
			throw error;
		});
		const hint = buildNextRunHint(body, this.query.column);
		if (hint) context.client.hint(hint);
		return rows.map((row) => withRecordEvent(row, 'created'));
	}
}
