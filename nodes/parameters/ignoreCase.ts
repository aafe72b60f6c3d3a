import type { INodeProperties } from 'n8n-workflow';

import { parseFlag, type ParameterReader } from './reader';

/** An entry of the collection Options. */
export const ignoreCaseOption: INodeProperties = {
	displayName: 'Ignore Case and Accents',
	name: 'ignoreCase',
	type: 'boolean',
	default: false,
	description:
		'Whether text matches whatever its case, accents and spacing. Reads the column of all records of the view, in large pages. An item that several records match fails with their IDs.',
};

export const readIgnoreCase = (parameters: ParameterReader): boolean =>
	parseFlag('Ignore Case and Accents', parameters.readOption('ignoreCase'));
