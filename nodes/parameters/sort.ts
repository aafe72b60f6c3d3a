import type { INodeProperties } from 'n8n-workflow';

import { parseColumnName } from '../api/views/names';
import type { SortField } from '../api/views/sortRows';
import { parseChoice, type ParameterReader } from './reader';
import { buildColumnParameter } from './view';

/** The order of the rows. */
export const sortParameter: INodeProperties = {
	displayName: 'Sort',
	name: 'sort',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true },
	placeholder: 'Add Sort Field',
	default: {},
	description: 'All records that meet the filters are read to sort them. Empty values come last.',
	options: [
		{
			displayName: 'Field',
			name: 'fields',
			values: [
				buildColumnParameter('column', 'The column to sort by'),
				{
					displayName: 'Direction',
					name: 'direction',
					type: 'options',
					options: [
						{ name: 'Ascending', value: 'asc' },
						{ name: 'Descending', value: 'desc' },
					],
					default: 'asc',
					description: 'Which values come first',
				},
			],
		},
	],
};

/** @throws InvalidInput that names the sort field */
export function readSort(parameters: ParameterReader): SortField[] {
	const { fields = [] } = parameters.readParameter('sort', {}) as {
		fields?: Array<{ column?: unknown; direction?: unknown }>;
	};
	return fields.map(({ column, direction }, index) => ({
		column: parseColumnName(column, `The column of sort field ${index + 1}`),
		direction: parseChoice(`Direction of sort field ${index + 1}`, direction, ['asc', 'desc']),
	}));
}
