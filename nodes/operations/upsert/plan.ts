import type { IDataObject } from 'n8n-workflow';

import type { ColumnTypes } from '../../api/views/columnTypes';
import { toColumnValue, type ColumnInfo } from '../../api/views/columnValue';
import { compileFilter, type Filter } from '../../api/views/conditions';
import { andFilters } from '../../api/views/filter';
import type { TypedValue } from '../../api/views/literal';
import { isRejectedByTeamogy, toMatchLiteral } from '../../api/views/matchBatches';
import { TeamogyError } from '../../api/transport/errors';
import { InvalidInput } from '../../api/common/invalidInput';
import { formatList, formatValue } from '../../api/common/formatValue';
import {
	matchTypedRows,
	type TypedMatches,
	type TypedMatchQuery,
} from '../../api/views/typedMatch';
import { extractId, parseRecordId } from '../../api/record';
import { toLooseKey, toKey } from '../../api/views/spellings';
import type { Row } from '../../api/views/view';
import { withRecordEvent } from '../../n8n/recordEvent';
import type { SavedCallback } from '../completedWrites';
import type { OperationContext, PreparedItem } from '../context';
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

const MAX_IDS_LISTED = 20;

/** The plan for the items of one view and column: which record each item updates or creates. */
export class UpsertPlan {
	private readonly query: TypedMatchQuery;

	/** Set before values are matched. Undefined where each value has its own type. */
	private columnInfo?: ColumnInfo;

	/** The values as they are compared. */
	private readonly typedValues = new Map<UpsertTask, TypedValue>();

	/** The rows found. Set before the first write. */
	private matches!: TypedMatches;

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
		const open = this.group.filter(({ index }) => !context.writes.get(index));
		if (!open.length) return writes;
		if (!(await context.runForAll(open, async () => await this.readTypes(open)))) return writes;
		const matchable = await context.checkItems(open, (task) => {
			const { value, type } = this.typeValue(task);
			toMatchLiteral({ ...this.query, type }, value, this.where);
		});
		const isMatched = await context.runForAll(matchable, async () => {
			const values = matchable.flatMap(({ task }) => this.listTypedValues(task));
			this.matches = await matchTypedRows(context.client, this.query, values);
		});
		if (!isMatched) return writes;
		this.takeOverPreviousWrites();
		/** The loose keys of the values that get a record in this run. */
		const planned = new Set<string>();
		await context.checkItems(matchable, async (task) => {
			const id = await this.findId(task);
			const key = this.toKey(task);
			const looseKey = toLooseKey(key);
			// The first item of a new value creates the record. Items of the same or a like value may update it.
			if (!id && !planned.has(looseKey) && !this.created.hasSpelling(key)) task.buildNewBody();
			planned.add(looseKey);
			writes.set(task, async (onSaved) => await this.write(task, id, onSaved));
		});
		return writes;
	}

	/**
	 * Takes over the records that an earlier try has written. A value that does not fit its column any more is
	 * left out: what the account tells of the column has changed since, so the view shows the record by now.
	 */
	private takeOverPreviousWrites(): void {
		for (const { index, task } of this.group) {
			const write = this.context.writes.get(index);
			if (!write || !this.fitsColumn(task)) continue;
			const record = 'error' in write ? { doubt: write.error } : { id: extractId(write.rows[0]) };
			this.created.add(this.toKey(task), record);
		}
	}

	private fitsColumn(task: UpsertTask): boolean {
		try {
			this.typeValue(task);
			return true;
		} catch {
			return false;
		}
	}

	/** Reads what the account tells of the filter and of the column to match by. */
	private async readTypes(items: Array<PreparedItem<UpsertTask>>): Promise<void> {
		const { columnTypes, query } = this;
		const { filter } = await compileFilter(items[0].task.filter, columnTypes, query);
		query.filter = andFilters(query.filter, filter);
		const values = items.map(({ task }) => task.value);
		this.columnInfo = await columnTypes.detect(query, query.column, values);
	}

	private get where(): string {
		return `The value of "${this.query.column}" to match by`;
	}

	/** @throws InvalidInput for a value that cannot be in the column */
	private typeValue(task: UpsertTask): TypedValue {
		const { query, columnTypes, columnInfo: info } = this;
		const known = this.typedValues.get(task);
		if (known) return known;
		const ofColumn = { column: query.column, info, timeZone: columnTypes.timeZone };
		const typed = toColumnValue(task.value, ofColumn, this.where);
		this.typedValues.set(task, typed);
		return typed;
	}

	/**
	 * The value as it is compared, then in a column without a type the same value as number or text: the next run may
	 * get 1001 for "1001" from another kind of file.
	 */
	private listTypedValues(task: UpsertTask): TypedValue[] {
		const typed = this.typeValue(task);
		const other = this.columnInfo ? undefined : toOtherType(typed);
		return other ? [typed, other] : [typed];
	}

	private toKey(task: UpsertTask): string {
		const { value, type } = this.typeValue(task);
		return toKey(value, type);
	}

	/** The ID of the record with the value, undefined without one. Throws InvalidInput for several records. */
	private async findId(task: UpsertTask): Promise<string | undefined> {
		return await this.toSingleId(task, this.matches).catch(async (error) => {
			if (!isRejectedByTeamogy(error)) throw error;
			throw (await this.columnTypes.explainRejection(this.query, this.query.column)) ?? error;
		});
	}

	private async toSingleId(task: UpsertTask, matches: TypedMatches): Promise<string | undefined> {
		const { value } = task;
		const rows = await this.findRows(task, matches);
		const ids = [
			...new Set(rows.map(({ id }) => id).filter((id) => id !== undefined && id !== null)),
		];
		if (rows.length && !ids.length) {
			throw new InvalidInput(
				`The view "${this.query.view}" returns rows without an ID`,
				'Update the record with the operation Update instead.',
			);
		}
		if (ids.length > 1) {
			throw new InvalidInput(
				`${ids.length} records have "${formatValue(value)}" in "${this.query.column}": ${formatList(ids, MAX_IDS_LISTED)}`,
				'Match by a column that is different for every record, narrow the match with filters, or update the right one by its ID.',
			);
		}
		return ids.length ? parseRecordId(ids[0], 'The ID of the record found') : undefined;
	}

	/** The rows with the value as it is given; without any, those with its other type. */
	private async findRows(task: UpsertTask, matches: TypedMatches): Promise<Row[]> {
		const [typed, other] = this.listTypedValues(task);
		const rows = matches.getRows(typed);
		if (rows.length || !other) return rows;
		const findOther = async () => matches.getRows(other);
		return await findOther().catch((error) => {
			// No record has a value of a type that Teamogy refuses to compare.
			if (isRejectedByTeamogy(error)) return rows;
			throw error;
		});
	}

	private async write(
		task: UpsertTask,
		found: string | undefined,
		onSaved: SavedCallback,
	): Promise<IDataObject[]> {
		const id = found ?? (await this.findCreated(task));
		if (!id) return await this.create(task, onSaved);
		if (!found) this.created.add(this.toKey(task), { id });
		const target = { ...task, request: { ...task.request, subject: `${task.name} ${id}` } };
		const setUpdated: SavedCallback = (row) => onSaved(withRecordEvent(row, 'updated'));
		const rows = await saveAndReturn(this.context, target, task.body, setUpdated, { id });
		return rows.map((row) => withRecordEvent(row, 'updated'));
	}

	/** The ID of the record that this run or an earlier try has created for the value. */
	private async findCreated(task: UpsertTask): Promise<string | undefined> {
		const { client } = this.context;
		const values = this.listTypedValues(task);
		const key = this.toKey(task);
		return await this.created.findId(
			key,
			this.matches.getComparison(values[0].type, toLooseKey(key)),
			async () => await this.toSingleId(task, await matchTypedRows(client, this.query, values)),
			() =>
				new InvalidInput(
					`The new record for "${formatValue(task.value)}" in "${this.query.column}" is not in the view "${this.query.view}" yet`,
					'No second record was created. Update the new record when the view shows it.',
				),
		);
	}

	private async create(task: UpsertTask, onSaved: SavedCallback): Promise<IDataObject[]> {
		const { context } = this;
		const key = this.toKey(task);
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

/** A number as text, and text that is a number as number; undefined for any other value. */
const toOtherType = ({ value, type }: TypedValue): TypedValue | undefined => {
	if (type === 'number') return { value: String(value), type: 'string' };
	return typeof value === 'string' && String(Number(value)) === value
		? { value: Number(value), type: 'number' }
		: undefined;
};
