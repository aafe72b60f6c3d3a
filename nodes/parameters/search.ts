import type { INodeProperties } from 'n8n-workflow';

import { toText } from '../api/common/formatValue';
import type { ParameterReader } from './reader';

export const searchOption: INodeProperties = {
	displayName: 'Search',
	name: 'search',
	type: 'string',
	default: '',
	placeholder: 'e.g. skoda',
	description:
		'Text to find in any column, ignoring case and accents. The node reads until it has found enough.',
};

/** The first parameter of a tool after the view: a model knows a part of a name rather than columns and exact values. */
export const toolSearchParameter: INodeProperties = {
	...searchOption,
	displayOptions: { show: { '@tool': [true] } },
};

/** Reads the texts that records contain. A tool may have one that a model enters and one that is fixed. */
export const readSearch = (parameters: ParameterReader): string[] =>
	[parameters.readParameter('search', ''), parameters.readOption('search')]
		.map((text) => toText(text ?? '').trim())
		.filter(Boolean);
