import type { IDataObject } from 'n8n-workflow';

import type { ColumnTypes } from '../../api/views/columnTypes';
import { rowsWithoutIdError, severalRecordsError } from '../../api/views/matchErrors';
import { explainRejectedColumn } from '../../api/views/missingColumn';
import { compileFilter, type Filter } from '../../api/views/conditions';
import { andFilters } from '../../api/views/filter';
import { isRejectedByTeamogy, TeamogyError } from '../../api/transport/errors';
import { InvalidInput } from '../../api/common/invalidInput';
import { formatValue } from '../../api/common/formatValue';
import type { TypedMatchQuery } from '../../api/views/typedMatch';
import { extractId, parseRecordId } from '../../api/record';
import type { Row } from '../../api/views/view';
import { withRecordEvent } from '../../n8n/recordEvent';
import type { SavedCallback } from '../completedWrites';
import type { OperationContext, PreparedItem } from '../context';
import { ItemMatcher } from '../itemMatcher';
import { saveAndReturn, type WriteTarget } from '../saveRecord';
import { CreatedRecords } from './createdRecords';
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

export type WriteItem = (onSaved: SavedCallback) => Promise<IDataObject[]>;

/** The plan for the items of one view and column: which record each item updates or creates. */
export class UpsertPlan {
	/** Set when the types of the filter are known, before values are matched. */
	private matcher!: ItemMatcher;

	/** What the match sees, without the types of the filter. */
	private readonly query: TypedMatchQuery;

	private readonly created = new CreatedRecords();

	constructor(
		private readonly context: OperationContext,
		private readonly columnTypes: ColumnTypes,
		private readonly group: Array<PreparedItem<UpsertTask>>,
	) {
		this.query = { ...group[0].task.query, columns: ['id'] };
	}

	/** Matches the items and checks them before the first write. Gives the writes of the items that are right. */
	async prepare(): Promise<Map<UpsertTask, WriteItem>> {
		const { context } = this;
		const writes = new Map<UpsertTask, WriteItem>();
		const unwritten = this.group.filter(({ index }) => !context.writes.get(index));
		if (!unwritten.length) return writes;
		const isReady = await context.runForAll(unwritten, async () => {
			this.matcher = await this.createMatcher(unwritten[0].task.filter);
		});
		const matched = isReady ? await this.matcher.match(unwritten) : [];
		if (!matched.length) return writes;
		this.takeOverPreviousWrites();
		/** The loose keys of the values that get a record in this run. */
		const planned = new Set<string>();
		await context.checkItems(matched, async (task) => {
			const id = await this.findId(task);
			const { key, looseKey } = this.matcher.toSpelling(task);
			// The first item of a new value creates the record. Items of the same or a like value may update it.
			if (!id && !planned.has(looseKey) && !this.created.hasSpelling(key)) task.buildNewBody();
			planned.add(looseKey);
			writes.set(task, async (onSaved) => await this.write(task, id, onSaved));
		});
		return writes;
	}

	private async createMatcher(filter: Filter): Promise<ItemMatcher> {
		const { context, columnTypes, query } = this;
		const compiled = await compileFilter(filter, columnTypes, query);
		const matchQuery = { ...query, filter: andFilters(query.filter, compiled.filter) };
		const label = `The value of "${query.column}" to match by`;
		return new ItemMatcher(context, columnTypes, matchQuery, label, true);
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
			this.created.add(key, record);
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
		const find = async () => this.toSingleId(task, await this.matcher.findRows(task));
		return await find().catch(async (error) => {
			if (!isRejectedByTeamogy(error)) throw error;
			const { samples } = this.columnTypes;
			throw (await explainRejectedColumn(samples, this.query, this.query.column)) ?? error;
		});
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
				'Match by a column that is different for every record, narrow the match with filters, or update the right one by its ID.',
			);
		}
		return ids.length ? parseRecordId(ids[0], 'The ID of the record found') : undefined;
	}

	private async write(
		task: UpsertTask,
		found: string | undefined,
		onSaved: SavedCallback,
	): Promise<IDataObject[]> {
		const id = found ?? (await this.findCreated(task));
		if (!id) return await this.create(task, onSaved);
		if (!found) this.created.add(this.matcher.toSpelling(task).key, { id });
		const target = { ...task, request: { ...task.request, subject: `${task.name} ${id}` } };
		const setUpdated: SavedCallback = (row) => onSaved(withRecordEvent(row, 'updated'));
		const rows = await saveAndReturn(this.context, target, task.body, setUpdated, { id });
		return rows.map((row) => withRecordEvent(row, 'updated'));
	}

	/** The ID of the record that this run or an earlier try has created for the value. */
	private async findCreated(task: UpsertTask): Promise<string | undefined> {
		const { matcher } = this;
		return await this.created.findId(
			matcher.toSpelling(task).key,
			matcher.getComparison(task),
			async () => this.toSingleId(task, await matcher.findRowsAgain(task)),
			() =>
				new InvalidInput(
					`The new record for "${formatValue(task.value)}" in "${this.query.column}" is not in the view "${this.query.view}" yet`,
					'No second record was created. Update the new record when the view shows it.',
				),
		);
	}

	private async create(task: UpsertTask, onSaved: SavedCallback): Promise<IDataObject[]> {
		const { context } = this;
		const { key } = this.matcher.toSpelling(task);
		const body = task.buildNewBody();
		const rows = await saveAndReturn(context, task, body, (row) => {
			this.created.add(key, { id: extractId(row) });
			onSaved(withRecordEvent(row, 'created'));
		}).catch((error) => {
			if (error instanceof TeamogyError && error.maybeSaved)
				this.created.add(key, { doubt: error });
			throw error;
		});
		const hint = buildNextRunHint(body, this.query.column);
		if (hint) context.client.hint(hint);
		return rows.map((row) => withRecordEvent(row, 'created'));
	}
}
