import type { INodeProperties } from 'n8n-workflow';

import { parseFlag, type ParameterReader } from './reader';

export const ignoreCaseOption: INodeProperties = {
	displayName: 'Ignore Case and Accents',
	name: 'ignoreCase',
	type: 'boolean',
	default: false,
	description:
		'Whether case, accents and spacing may differ. The node reads the column of all records then.',
};

export const readIgnoreCase = (parameters: ParameterReader): boolean =>
	parseFlag('Ignore Case and Accents', parameters.readOption('ignoreCase'));
