import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { isEmpty } from '../api/common/json';
import type { Resource } from '../api/schema/resources';
import { parseUnitId } from '../n8n/credential';
import { parseColumnNames } from '../api/views/names';
import { selectColumns, type ColumnSelection } from '../api/views/columns';
import { DEFAULT_PAGE_SIZE } from '../api/views/pageSize';
import { parseCount, type ParameterReader } from './reader';
import { buildColumnsParameter } from './view';

/** Entries of the collection Options that several operations have, by their names. */
const OPTIONS = {
	columns: {
		...buildColumnsParameter("The columns to return. If empty, the view's default ones."),
		displayName: 'Output Column Names or IDs',
	},
	pageSize: {
		displayName: 'Page Size',
		name: 'pageSize',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: DEFAULT_PAGE_SIZE,
		description: 'Number of records per request. If empty, the node chooses.',
	},
	unitId: {
		displayName: 'Business Unit ID',
		name: 'unitId',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 1,
		description: 'Used instead of the one in the credential',
	},
} satisfies Record<string, INodeProperties>;

export type OptionName = keyof typeof OPTIONS;

/** The collection Options of shared entries, by their names, and entries of one operation. */
export const buildOptionsParameter = (
	...entries: Array<OptionName | INodeProperties>
): INodeProperties => ({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: entries
		.map((entry): INodeProperties => (typeof entry === 'string' ? OPTIONS[entry] : entry))
		.sort((a, b) => a.displayName.localeCompare(b.displayName)),
});

/** The collection Options for some of the resources of an operation. */
export const buildOptionsFor = (
	resources: readonly Resource[],
	...entries: Parameters<typeof buildOptionsParameter>
): INodeProperties[] =>
	updateDisplayOptions(
		{ show: { resource: resources.map(({ value }) => value) } },
		resources.length ? [buildOptionsParameter(...entries)] : [],
	);

/** Reads the business unit to use instead of the one in the credential; undefined without one. */
export function readUnitId(parameters: ParameterReader): number | undefined {
	const unitId = parameters.readOption('unitId');
	return isEmpty(unitId) ? undefined : parseUnitId(unitId);
}

/** Reads the page size that the user chose; undefined where it is learned. */
export function readPageSize(parameters: ParameterReader): number | undefined {
	const pageSize = parameters.readOption('pageSize');
	return isEmpty(pageSize) ? undefined : parseCount('Page Size', pageSize, DEFAULT_PAGE_SIZE, 1);
}

/** Reads the option Output Column Names or IDs. */
export const readColumnSelection = (parameters: ParameterReader): ColumnSelection =>
	selectColumns(
		parseColumnNames(parameters.readOption('columns'), 'Output Column Names or IDs') ?? [],
	);
