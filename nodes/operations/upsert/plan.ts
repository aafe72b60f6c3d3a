import type { IDataObject } from 'n8n-workflow';

import type { ColumnTypes } from '../../api/views/columnTypes';
import { rowsWithoutIdError, severalRecordsError } from '../../api/views/matchErrors';
import type { EnteredFilter } from '../../api/views/conditions';
import { TeamogyError } from '../../api/transport/errors';
import { InvalidInput } from '../../api/common/invalidInput';
import { formatValue } from '../../api/common/formatValue';
import type { SpellingComparison } from '../../api/views/spellings';
import type { TypedMatchQuery } from '../../api/views/typedMatch';
import { extractId, parseRecordId } from '../../api/record';
import type { Row } from '../../api/views/row';
import { withRecordEvent } from '../../n8n/recordEvent';
import { listFilterColumns } from '../../parameters/filter';
import type { SavedCallback, WriteResult } from '../completedWrites';
import type { OperationContext, PreparedItem } from '../context';
import { matchItems, type ItemMatches } from '../itemMatches';
import { createAndReturn, updateAndReturn, type WriteTarget } from '../saveRecord';
import {
	CreatedRecords,
	getCreatedId,
	type CreatedAnywhere,
	type NearRecord,
} from './createdRecords';
import { buildNextRunHint } from './nextRunHint';

export interface UpsertTask extends WriteTarget {
	/** Where the value is matched, among the documents of its type: the query without the entered filter. */
	baseQuery: TypedMatchQuery;
	/** Narrows the match down further. */
	enteredFilter: EnteredFilter;
	value: unknown;
	body: IDataObject;
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
 * @param createdAnywhere what other queries of the view and column create
 * @returns the writes of the items that can be written
 */
export async function planUpserts(
	group: Array<PreparedItem<UpsertTask>>,
	query: TypedMatchQuery,
	columnTypes: ColumnTypes,
	context: OperationContext,
	createdAnywhere: CreatedAnywhere,
): Promise<Map<UpsertTask, PlannedWrite>> {
	const label = `The value of "${query.column}" to match on`;
	const otherColumns = listFilterColumns(group[0].task.enteredFilter);
	const settings = { query, label, createsMissing: true, otherColumns };
	const unwritten = group.filter(({ index }) => !context.writes.get(index));
	const matches = await matchItems(unwritten, settings, columnTypes, context);
	const plan = new UpsertPlan(context, query, matches, new CreatedRecords(createdAnywhere));
	for (const { index, task } of group) {
		const write = context.writes.get(index);
		if (write) plan.takeOver(task, write);
	}
	const writes = new Map<UpsertTask, PlannedWrite>();
	await context.checkItems(matches.items, async (task) => {
		writes.set(task, await plan.planWrite(task));
	});
	return writes;
}

/** Which record each item of one query updates or creates. */
class UpsertPlan {
	/** The loose keys of the values that get a record in this run. */
	private readonly planned = new Set<string>();

	constructor(
		private readonly context: OperationContext,
		private readonly query: TypedMatchQuery,
		private readonly matches: ItemMatches<UpsertTask>,
		private readonly created: CreatedRecords<UpsertTask>,
	) {}

	/** Takes over the record that an earlier try has written. */
	takeOver(task: UpsertTask, write: WriteResult): void {
		const record = 'error' in write ? { doubt: write.error } : { id: extractId(write.rows[0]) };
		try {
			this.created.add(this.matches.toSpelling(task).key, { ...record, task });
		} catch {
			// The value does not fit its column any more: what the account tells of the column has changed since, so the
			// view shows the record by now.
		}
	}

	/** @throws InvalidInput where the item matches several records, or has too few fields for a new record */
	async planWrite(task: UpsertTask): Promise<PlannedWrite> {
		const id = await this.findId(task);
		const { key, looseKey } = this.matches.toSpelling(task);
		// The first item of a new value creates the record. Items of the same or a like value may update it.
		if (!id && !this.planned.has(looseKey) && !this.created.hasSpelling(key)) task.buildNewBody();
		this.planned.add(looseKey);
		if (id) return async (onSaved) => await this.update(task, id, onSaved);
		return async (onSaved) => await this.writeNewValue(task, onSaved);
	}

	/** Creates the record of a value, or updates the one that was created for it. */
	private async writeNewValue(task: UpsertTask, onSaved: SavedCallback): Promise<IDataObject[]> {
		const id = (await this.findCreatedId(task)) ?? (await this.findIdFromElsewhere(task));
		if (!id) return await this.create(task, onSaved);
		this.created.add(this.matches.toSpelling(task).key, { id, task });
		return await this.update(task, id, onSaved);
	}

	/** The ID of the record with the value, undefined without one. Throws InvalidInput for several records. */
	private async findId(task: UpsertTask): Promise<string | undefined> {
		return this.toSingleId(task, await this.matches.findRows(task));
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
	 * server treats as equal.
	 *
	 * @throws the doubt about a record that may have been saved; InvalidInput where the view does not show a new record
	 */
	private async findCreatedId(task: UpsertTask): Promise<string | undefined> {
		const { key } = this.matches.toSpelling(task);
		const comparison = this.matches.getComparison(task);
		const record = this.created.find(key, comparison);
		if (record) return getCreatedId(record) ?? (await this.readShownId(task));
		const others = this.created.listUndecided(key, comparison);
		return others.length ? await this.findIdOfSpelling(task, others, comparison) : undefined;
	}

	/**
	 * Finds out whether the server treats a value and other spellings of it as equal: then the view shows the record that
	 * was created for one of them for the value too.
	 *
	 * @param others the records of the other spellings
	 * @returns the ID of that record
	 * @throws as `findCreatedId`: a record in doubt, and one that the view does not show for its own value yet, tell nothing
	 */
	private async findIdOfSpelling(
		task: UpsertTask,
		others: Array<NearRecord<UpsertTask>>,
		comparison: SpellingComparison,
	): Promise<string | undefined> {
		const id = await this.matchAgain(task);
		if (id) {
			const shown = others.find((other) => 'id' in other && other.id === id) ?? others[0];
			comparison.noteEqual(shown.distance);
			return id;
		}
		for (const other of others) {
			getCreatedId(other);
			await this.readShownId(other.task);
			comparison.noteDifferent(other.distance);
		}
		return undefined;
	}

	/**
	 * The ID of the record that items with another filter created for the value, if it meets the filter of this item.
	 *
	 * @throws the doubt about a record that may have been saved
	 */
	private async findIdFromElsewhere(task: UpsertTask): Promise<string | undefined> {
		const record = this.created.findElsewhere(this.matches.toSpelling(task).key);
		if (!record) return undefined;
		const id = await this.matchAgain(task);
		if (!id && 'doubt' in record) throw record.doubt;
		return id;
	}

	private async matchAgain(task: UpsertTask): Promise<string | undefined> {
		return this.toSingleId(task, await this.matches.findRowsAgain(task));
	}

	/** @throws InvalidInput where the view does not show the new record yet */
	private async readShownId(task: UpsertTask): Promise<string> {
		const id = await this.matchAgain(task);
		if (id) return id;
		const { column, view } = this.query;
		throw new InvalidInput(
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
		const { context } = this;
		const { key } = this.matches.toSpelling(task);
		const body = task.buildNewBody();
		const rows = await createAndReturn(context, { ...task, body }, (row) => {
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
