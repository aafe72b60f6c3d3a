import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { selectColumns } from '../api/views/columns';
import { parseColumnNames } from '../api/views/names';
import type { ViewQuery } from '../api/views/row';
import { InvalidInput } from '../api/common/invalidInput';
import { isTool } from '../n8n/tool';
import { readColumnSelection, readPageSize, readUnitId } from './options';
import type { ItemParameters, ParameterReader } from './reader';
import { buildColumnsParameter, readView } from './view';

/** The default first. */
const OUTPUTS = ['simplified', 'all', 'selected', 'file'] as const;
type OutputKind = (typeof OUTPUTS)[number];
const OUTPUTS_WITHOUT_FILE = OUTPUTS.filter((kind) => kind !== 'file');

const OUTPUT_OPTIONS: Array<INodePropertyOptions & { value: OutputKind }> = [
	{ name: 'All Columns', value: 'all', description: 'Every column that Teamogy returns' },
	{
		name: 'File',
		value: 'file',
		description: 'One item with the records in a CSV or JSON Lines file',
	},
	{ name: 'Selected Columns', value: 'selected' },
	{
		name: 'Simplified',
		value: 'simplified',
		description: 'At most ten main columns, e.g. ID, name, status and dates, without nested data',
	},
];

/** For models that build workflows. */
const OUTPUT_HINT = { propertyHint: '"selected" needs columns' };

const buildOutputParameter = (kinds: readonly OutputKind[]): INodeProperties => ({
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: OUTPUT_OPTIONS.filter(({ value }) => kinds.includes(value)),
	default: 'simplified',
	description: 'What to return of each record',
	builderHint: OUTPUT_HINT,
});

const columnsParameter: INodeProperties = {
	...buildColumnsParameter('The columns to return'),
	displayOptions: { show: { output: ['selected'] } },
};

/** What is returned of a record. */
export const outputParameters: INodeProperties[] = [
	buildOutputParameter(OUTPUTS_WITHOUT_FILE),
	columnsParameter,
];

/** As `outputParameters`, with the file, which a model cannot read: a tool does not offer it. */
export const outputOrFileParameters: INodeProperties[] = [
	{ ...buildOutputParameter(OUTPUTS), displayOptions: { hide: { '@tool': [true] } } },
	{ ...buildOutputParameter(OUTPUTS_WITHOUT_FILE), displayOptions: { show: { '@tool': [true] } } },
	columnsParameter,
	{
		...buildColumnsParameter(
			'The columns of the file. If empty, those of the first 1,000 records.',
		),
		displayOptions: { show: { output: ['file'] } },
	},
];

/** What is returned of a record, and the columns that are chosen. */
export interface RowOutput {
	kind: OutputKind;
	/** Undefined where none are chosen. */
	columns?: string[];
}

/** Reads what is returned of a record. A tool returns the ID in any case, which a model needs for its next call. */
export function readOutput(parameters: ItemParameters): RowOutput {
	const output = readOutputOrFile(parameters);
	if (output.kind === 'file') throw noFileError();
	return output;
}

const noFileError = (): InvalidInput =>
	new InvalidInput(
		"'Output' cannot be a file here",
		`Choose one of: ${OUTPUTS_WITHOUT_FILE.join(', ')}.`,
	);

/** As `readOutput`, with the file, which a tool does not have. */
export function readOutputOrFile(parameters: ItemParameters): RowOutput {
	const kind = parameters.readChoice('output', 'Output', OUTPUTS);
	const isForModel = isTool(parameters.context);
	if (kind === 'file' && isForModel) throw noFileError();
	if (kind === 'simplified' || kind === 'all') return { kind };
	const columns = parseColumnNames(parameters.readParameter('columns', []), 'Column Names or IDs');
	if (isForModel && columns) return { kind, columns: [...new Set(['id', ...columns])] };
	if (columns || kind === 'file') return { kind, columns };
	throw new InvalidInput(
		"'Column Names or IDs' is empty",
		"Choose the columns to return, or set 'Output' to All Columns.",
	);
}

/** Reads the view, and the options Output Column Names or IDs, Page Size and Business Unit ID. */
export const readViewQuery = (parameters: ParameterReader): ViewQuery => ({
	view: readView(parameters),
	...readColumnSelection(parameters),
	pageSize: readPageSize(parameters),
	unitId: readUnitId(parameters),
});

/** As `readViewQuery`, with the columns of the output and those that are needed besides. */
export const readOutputQuery = (
	parameters: ParameterReader,
	{ columns }: RowOutput,
	needed: string[] = [],
): ViewQuery => ({
	...readViewQuery(parameters),
	...selectColumns(columns ? [...columns, ...needed] : []),
});
