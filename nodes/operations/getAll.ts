import { ColumnTypes } from '../api/filters/columnTypes';
import { compileFilter, ROW_OPERATORS, type CompiledFilter } from '../api/filters/conditions';
import { explainRejection, nameColumns, type NamedColumn } from '../api/filters/missingColumn';
import type { RowQuery } from '../api/views/rowReader';
import { fileOptions, fileParameters, readFileSettings } from '../parameters/file';
import { buildFilterParameters, listFilterColumns, readFilter } from '../parameters/filter';
import { limitParameters, offsetOption, readRange } from '../parameters/limit';
import { buildOptionsParameter } from '../parameters/options';
import { outputOrFileParameters, readOutputOrFile, readOutputQuery } from '../parameters/output';
import { readSearch, searchOption, toolSearchParameter } from '../parameters/search';
import { readSort, sortParameter } from '../parameters/sort';
import { buildViewParameters } from '../parameters/view';
import { hintAtNoRows, hintAtRowsRead, GetAllReader, type GetAllTask } from './getAllReader';
import type { Operation } from './operation';
import { hintAtOtherColumns } from './rowSelection';

/** The columns that the request of a task names. */
const listNamedColumns = ({ enteredFilter, output, query }: GetAllTask): NamedColumn[] => [
	...listFilterColumns(enteredFilter),
	...nameColumns(output.columns, 'Column Names or IDs'),
	...nameColumns(
		query.sort?.map(({ column }) => column),
		'Sort',
	),
];

/** Get Many: the rows of a view, all of them or up to a limit, filtered. */
export const getAll: Operation<GetAllTask> = {
	value: 'getAll',
	name: 'Get Many',
	isOfferedBy: (resource) => resource.kind !== 'request',
	describe: (resource) =>
		resource.kind === 'anyView'
			? {
					description:
						"Get many records of any view by its name, including your account's custom views",
					action: 'Get many records from a view',
				}
			: {
					description: `Get many ${resource.plural.toLowerCase()}, optionally by filters or a search`,
					action: `Get many ${resource.plural.toLowerCase()}`,
				},
	parameters: (resources) => [
		...buildViewParameters(resources),
		toolSearchParameter,
		...buildFilterParameters(
			ROW_OPERATORS,
			'Conditions that records must meet. If empty, all records are returned.',
		),
		...limitParameters,
		...outputOrFileParameters,
		...fileParameters,
		sortParameter,
		buildOptionsParameter(offsetOption, 'pageSize', searchOption, 'unitId', ...fileOptions),
	],
	prepare: (item) => {
		const output = readOutputOrFile(item);
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
			enteredFilter: readFilter(item, ROW_OPERATORS),
			search: readSearch(item),
			output,
			file: output.kind === 'file' ? readFileSettings(item, query.view) : undefined,
		};
	},
	execute: async (prepared, context) => {
		const { client, executeFunctions } = context;
		const columnTypes = new ColumnTypes(client, executeFunctions.getTimezone());
		const filters = new Map<GetAllTask, CompiledFilter>();
		// The filters of all items are compiled before the first page is read.
		const ready = await context.checkItems(prepared, async (task) => {
			filters.set(task, await compileFilter(task.enteredFilter, columnTypes, task.query));
		});
		const readers: GetAllReader[] = [];
		await context.runItems(ready, async (task) => {
			const reader = new GetAllReader(client, task, filters.get(task)!, columnTypes);
			readers.push(reader);
			const read = async () => {
				if (task.file) return await reader.readToFile(task.file, executeFunctions);
				const rows = await reader.readRows();
				return { rows, hint: reader.describeForModel(rows) };
			};
			return await read().catch(async (error) => {
				const named = listNamedColumns(task);
				throw await explainRejection(error, columnTypes.samples, task.query, named);
			});
		});
		hintAtNoRows(client, readers);
		hintAtRowsRead(client, readers);
		hintAtOtherColumns(
			client,
			readers.map(({ selection }) => selection),
		);
	},
};
