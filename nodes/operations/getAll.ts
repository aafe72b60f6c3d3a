import type { IExecuteFunctions } from 'n8n-workflow';

import { formatValue } from '../api/common/formatValue';
import type { TeamogyClient } from '../api/transport/client';
import { withColumn } from '../api/views/columns';
import { ColumnTypes } from '../api/views/columnTypes';
import { assertColumnReturned } from '../api/views/missingColumn';
import {
	compileFilter,
	explainUnfitValue,
	ROW_OPERATORS,
	type Filter,
	type RowFilter,
} from '../api/views/conditions';
import { RowReader, type RowQuery } from '../api/views/rowReader';
import { buildRowSearch } from '../api/views/searchRows';
import type { Row } from '../api/views/view';
import {
	fileOptions,
	fileParameters,
	readFileSettings,
	type FileSettings,
} from '../parameters/file';
import { buildFilterParameters, readFilter } from '../parameters/filter';
import { buildNoResultsHint } from '../parameters/filterHints';
import { buildOptionsParameter } from '../parameters/options';
import {
	limitParameters,
	offsetOption,
	outputOrFileParameters,
	readOutput,
	readOutputQuery,
	readRange,
	type RowOutput,
} from '../parameters/output';
import { readSearch, searchOption, toolSearchParameter } from '../parameters/search';
import { readSort, sortParameter } from '../parameters/sort';
import { buildViewParameters } from '../parameters/view';
import { isTool } from '../n8n/tool';
import type { OperationContext, PreparedItem } from './context';
import { describeOmitted, describeRows, toHintItems } from './modelHint';
import type { Operation } from './operation';
import { RowFile } from './rowFile';
import { hintAtOtherColumns, RowSelection } from './rowSelection';
import type { Output } from './toItems';

interface Task {
	query: RowQuery;
	filter: Filter;
	/** The text that rows contain; empty for all rows. */
	search: string;
	output: RowOutput;
	file?: FileSettings;
}

/** Reads the rows of one item, and keeps what hints tell of it. */
class ItemReader {
	readonly reader: RowReader;

	readonly selection: RowSelection;

	constructor(
		private readonly client: TeamogyClient,
		private readonly task: Task,
		private readonly rowFilter: RowFilter,
		private readonly columnTypes: ColumnTypes,
	) {
		const { output, query, search } = task;
		const { filter, matchesRow: meetsFilter, rowColumns } = rowFilter;
		const containsText = buildRowSearch(search);
		this.reader = new RowReader(client, {
			...rowColumns.reduce(withColumn, query),
			filter,
			matchesRow:
				meetsFilter && containsText
					? (row) => meetsFilter(row) && containsText(row)
					: (meetsFilter ?? containsText),
		});
		const sortColumns = (query.sort ?? []).map(({ column }) => column);
		this.selection = new RowSelection(output, [...new Set([...sortColumns, ...rowColumns])]);
	}

	/** Whether rows have to meet conditions. */
	private get isFiltered(): boolean {
		return this.rowFilter.filter !== undefined || this.rowFilter.matchesRow !== undefined;
	}

	async readRows(): Promise<Row[]> {
		const rows: Row[] = [];
		for await (const batch of this.reader.readBatches())
			for (const row of this.selection.select(batch)) rows.push(row);
		await this.hint(rows.length);
		return rows;
	}

	async readToFile(settings: FileSettings, context: IExecuteFunctions): Promise<Output> {
		const file = new RowFile(settings, this.task.output.columns);
		const output = await file.store(this.reader.readBatches(), context);
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
		const { query, search, filter } = this.task;
		return describeRows({
			view: query.view,
			rows: rows.length,
			isCut: this.reader.isCut,
			search,
			filter,
			rowFilter: this.rowFilter,
		});
	}

	/** @throws InvalidInput where the view lacks a column to sort by */
	private async hint(rows: number): Promise<void> {
		const { client, columnTypes, reader } = this;
		const { query, search, filter } = this.task;
		const omitted = describeOmitted(filter);
		if (omitted) client.hint(omitted);
		if (search && !rows)
			client.hint(`No record contains "${formatValue(search)}" in the columns that are read.`);
		else if (this.isFiltered && !rows) {
			const unfit = await explainUnfitValue(filter, columnTypes, query);
			client.hint(unfit ? `${unfit.message}. ${unfit.hint}` : buildNoResultsHint(this.rowFilter));
		}
		if (reader.isCut) {
			client.hint(
				`The limit of ${query.limit} records was reached, and there may be more. To get all, turn on 'Return All'.`,
			);
		}
		for (const column of reader.columnsWithoutValues) {
			await assertColumnReturned(columnTypes.samples, query, column);
			client.hint(`No record has a value in "${column}", so it does not change the order.`);
		}
	}
}

/** Compiles the filters of all items before the first page is read. An item whose filter is not right fails. */
async function compileFilters(
	prepared: Array<PreparedItem<Task>>,
	columnTypes: ColumnTypes,
	context: OperationContext,
): Promise<Map<Task, RowFilter>> {
	const filters = new Map<Task, RowFilter>();
	await context.checkItems(prepared, async (task) => {
		filters.set(task, await compileFilter(task.filter, columnTypes, task.query));
	});
	return filters;
}

/** Tells the user what it cost to do here what Teamogy does not do. */
function hintAtRowsRead(client: TeamogyClient, readings: ItemReader[]): void {
	const costly = readings
		.map(({ reader }) => reader)
		.filter(({ isCut, isLocal, isSorted }) => isLocal && (isCut || !isSorted));
	const rowsRead = costly.reduce((sum, reader) => sum + reader.rowsRead, 0);
	if (!rowsRead) return;
	const isSorted = costly.some((reader) => reader.isSorted);
	client.hint(
		`n8n read ${rowsRead} records to ${isSorted ? 'sort' : 'search'} them, since Teamogy cannot. Filters that Teamogy applies make it fewer.`,
	);
}

/** Get Many: the rows of a view, all of them or up to a limit, filtered. */
export const getAll: Operation<Task> = {
	value: 'getAll',
	name: 'Get Many',
	isOfferedBy: (resource) => resource.kind !== 'request',
	describe: (resource) =>
		resource.kind === 'anyView'
			? {
					description:
						"Return records of any view by its name, including your account's custom views",
					action: 'Get many records from a view',
				}
			: {
					description: `Return ${resource.plural.toLowerCase()} that meet filters or contain a text, one item for each`,
					action: `Get many ${resource.plural.toLowerCase()}`,
				},
	parameters: (resources) => [
		...buildViewParameters(resources),
		toolSearchParameter,
		...buildFilterParameters(ROW_OPERATORS),
		...limitParameters,
		...outputOrFileParameters,
		...fileParameters,
		sortParameter,
		buildOptionsParameter(offsetOption, 'pageSize', searchOption, 'unitId', ...fileOptions),
	],
	prepare: (item) => {
		const output = readOutput(item, true);
		const sort = readSort(item);
		const query: RowQuery = {
			...readOutputQuery(
				item,
				output,
				sort.map(({ column }) => column),
			),
			...readRange(item),
			sort,
		};
		return {
			query,
			filter: readFilter(item, ROW_OPERATORS),
			search: readSearch(item),
			output,
			file: output.kind === 'file' ? readFileSettings(item, query.view) : undefined,
		};
	},
	execute: async (prepared, context) => {
		const { client, executeFunctions } = context;
		const columnTypes = new ColumnTypes(client, executeFunctions.getTimezone());
		const filters = await compileFilters(prepared, columnTypes, context);
		const readings: ItemReader[] = [];
		const ready = prepared.filter(({ task }) => filters.has(task));
		await context.runItems(ready, async (task) => {
			const reading = new ItemReader(client, task, filters.get(task)!, columnTypes);
			readings.push(reading);
			if (task.file) return await reading.readToFile(task.file, executeFunctions);
			const rows = await reading.readRows();
			if (!isTool(executeFunctions)) return rows;
			return [...rows, ...toHintItems(reading.describeForModel(rows))];
		});
		hintAtRowsRead(client, readings);
		hintAtOtherColumns(
			client,
			readings.map(({ selection }) => selection),
		);
	},
};
