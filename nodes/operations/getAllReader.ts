import type { IExecuteFunctions } from 'n8n-workflow';

import { formatValue } from '../api/common/formatValue';
import type { TeamogyClient } from '../api/transport/client';
import { TeamogyError } from '../api/transport/errors';
import { withColumn } from '../api/views/columns';
import type { ColumnTypes } from '../api/filters/columnTypes';
import { assertColumnReturned } from '../api/filters/missingColumn';
import {
	explainUnfitValue,
	type EnteredFilter,
	type CompiledFilter,
} from '../api/filters/conditions';
import { RowReader, type RowQuery } from '../api/views/rowReader';
import { buildRowSearch } from '../api/views/searchRows';
import type { Row } from '../api/views/row';
import type { FileSettings } from '../parameters/file';
import type { RowOutput } from '../parameters/output';
import { describeOmitted, describeRows } from './modelHint';
import { RowFile } from './rowFile';
import { RowSelection } from './rowSelection';
import type { Output } from './toItems';

/** What Get Many reads for one item, and what it returns of it. */
export interface GetAllTask {
	query: RowQuery;
	enteredFilter: EnteredFilter;
	/** The texts that rows contain, each of them; none for all rows. */
	search: string[];
	output: RowOutput;
	file?: FileSettings;
}

/** What to say of an item without a record. */
interface EmptyResult {
	/** That nothing was found, and why that may be; undefined without filters and a search. */
	hint?: string;
	/** Whether the hint tells what is wrong with a value of the item. */
	isAboutValue?: boolean;
}

/** Teamogy compares text differently from the node, which checks what Teamogy's grammar cannot express. */
const COMPARISON_ADVICE =
	" Teamogy may compare text with its case and accents; the operator 'Contains' ignores both. The list of columns shows values as they are stored.";

/** The advice for a filter without results. */
const adviseOnFilter = ({ filter, untypedColumns: [column] }: CompiledFilter): string => {
	if (column === undefined) return filter === undefined ? '' : COMPARISON_ADVICE;
	return ` The column "${column}" has no values that tell its type, so the value was compared as it was given. If the column contains something else, choose its 'Value Type'.`;
};

/** Reasons why nothing was found that are shown, at most. */
const MAX_REASONS_SHOWN = 5;

/** Reads the rows of one item, and says in hints what people have to know of them. */
export class GetAllReader {
	readonly rowReader: RowReader;

	readonly selection: RowSelection;

	/** Set where the item has no record. */
	noRows?: EmptyResult;

	constructor(
		private readonly client: TeamogyClient,
		private readonly task: GetAllTask,
		private readonly compiledFilter: CompiledFilter,
		private readonly columnTypes: ColumnTypes,
	) {
		const { output, query, search } = task;
		const { filter, matchesRow: meetsFilter, rowColumns } = compiledFilter;
		const tests = [meetsFilter, ...search.map(buildRowSearch)].filter((test) => test !== undefined);
		this.rowReader = new RowReader(client, {
			...rowColumns.reduce(withColumn, query),
			filter,
			matchesRow: tests.length ? (row) => tests.every((test) => test(row)) : undefined,
		});
		const sortColumns = (query.sort ?? []).map(({ column }) => column);
		this.selection = new RowSelection(output, [...new Set([...sortColumns, ...rowColumns])]);
	}

	async readRows(): Promise<Row[]> {
		const rows: Row[] = [];
		for await (const batch of this.readBatches())
			for (const row of this.selection.select(batch)) rows.push(row);
		await this.hint(rows.length);
		return rows;
	}

	async readToFile(settings: FileSettings, context: IExecuteFunctions): Promise<Output> {
		const file = new RowFile(settings, this.task.output.columns);
		const output = await file.store(this.readBatches(), context);
		await this.hint(file.rows);
		if (settings.format === 'csv' && file.lateColumns.size) {
			const names = formatValue([...file.lateColumns].join(', '));
			this.client.hint(
				`The first 1,000 records do not have these columns, so they are not in the file: ${names}. To have them, choose the columns under 'Column Names or IDs'.`,
			);
		}
		return output;
	}

	/** Undefined where a model has to know nothing. */
	describeForModel(rows: Row[]): string | undefined {
		const { query, search, enteredFilter } = this.task;
		return describeRows({
			view: query.view,
			offset: query.offset ?? 0,
			rows: rows.length,
			isCut: this.rowReader.isCut,
			search,
			enteredFilter,
			compiledFilter: this.compiledFilter,
		});
	}

	/** @throws InvalidInput where the view lacks a column to sort by: before a file of the rows is stored */
	private async *readBatches(): AsyncGenerator<Row[]> {
		const { client, columnTypes, rowReader, task } = this;
		yield* rowReader.readBatches();
		for (const column of rowReader.columnsWithoutValues) {
			await assertColumnReturned(columnTypes.samples, task.query, { column, where: 'Sort' });
			client.hint(`No record has a value in "${column}", so it does not change the order.`);
		}
	}

	private async hint(rows: number): Promise<void> {
		const { client, rowReader } = this;
		const { query, enteredFilter } = this.task;
		const omitted = describeOmitted(enteredFilter);
		if (omitted) client.hint(omitted);
		if (!rows) this.noRows = await this.explainNoRows();
		if (rowReader.isCut) {
			client.hint(
				`The limit of ${query.limit} records was reached, and there may be more. To get all, turn on 'Return All'.`,
			);
		}
	}

	private async explainNoRows(): Promise<EmptyResult> {
		const { compiledFilter } = this;
		const { query, search, enteredFilter } = this.task;
		const isFiltered = compiledFilter.filter !== undefined || compiledFilter.matchesRow;
		if (!isFiltered && !search.length) return {};
		const unfit = await explainUnfitValue(enteredFilter, this.columnTypes, query).catch((error) => {
			// The records were read: a sample that only explains the result does not make it fail.
			if (error instanceof TeamogyError) return undefined;
			throw error;
		});
		if (unfit) return { hint: `${unfit.message}. ${unfit.hint}`, isAboutValue: true };
		if (query.offset)
			return {
				hint: `No record is left: 'Offset' skips the first ${query.offset} that are found.`,
			};
		const texts = search.map((text) => `"${formatValue(text)}"`).join(' and ');
		const criteria = [
			isFiltered && 'meets the filters',
			texts && `contains ${texts} in the columns that are read`,
		];
		const advice = isFiltered ? adviseOnFilter(compiledFilter) : '';
		return { hint: `No record ${criteria.filter(Boolean).join(' and ')}.${advice}` };
	}
}

/**
 * Tells the user that nothing was found. Beside records of other items, a hint of one item would seem to be about all,
 * so it only counts the items then, and tells what is wrong with their values.
 */
export function hintAtNoRows(client: TeamogyClient, readers: GetAllReader[]): void {
	const empty = readers.flatMap(({ noRows }) => noRows ?? []);
	const hasOthers = empty.length < readers.length;
	const shown = empty.filter(({ isAboutValue }) => isAboutValue || !hasOthers);
	const hints = [...new Set(shown.flatMap(({ hint }) => hint ?? []))];
	if (empty.length && (hasOthers || hints.length > MAX_REASONS_SHOWN))
		client.hint(`${empty.length} of ${readers.length} items found no record.`);
	for (const hint of hints.slice(0, MAX_REASONS_SHOWN)) client.hint(hint);
}

/** Tells the user what it cost to do here what Teamogy does not do. */
export function hintAtRowsRead(client: TeamogyClient, readers: GetAllReader[]): void {
	const costly = readers
		.map(({ rowReader }) => rowReader)
		.filter(({ isCut, isTested, isSorted }) => isTested || (isSorted && isCut));
	const rowsRead = costly.reduce((sum, reader) => sum + reader.rowsRead, 0);
	if (!rowsRead) return;
	const isSearched = costly.some(({ isTested }) => isTested);
	client.hint(
		`The node read ${rowsRead} records to ${isSearched ? 'search' : 'sort'} them, since Teamogy cannot. To read fewer, add a filter that Teamogy applies, e.g. 'Equal'.`,
	);
}
