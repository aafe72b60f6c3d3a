import type { INodeProperties } from 'n8n-workflow';

import { formatValue, toText } from '../api/common/formatValue';
import { InvalidInput } from '../api/common/invalidInput';
import type { Query } from '../api/transport/url';
import type { ParameterReader } from './reader';

/** The query parameters of an API request. */
export const queryParameter: INodeProperties = {
	displayName: 'Query Parameters',
	name: 'query',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Parameter' },
	placeholder: 'Add Parameter',
	default: {},
	description: 'The query parameters, which the node encodes',
	options: [
		{
			displayName: 'Parameter',
			name: 'parameters',
			values: [
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. externalFilter',
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					placeholder: 'e.g. 1234',
				},
			],
		},
	],
};

/** @throws InvalidInput that names the query parameter */
export function readQuery(reader: ParameterReader): Query {
	const { parameters = [] } = reader.readParameter('query', {}) as {
		parameters?: Array<{ name?: unknown; value?: unknown }>;
	};
	// Without a prototype: a parameter named `__proto__` is kept.
	const query = Object.create(null) as Query;
	for (const [position, parameter] of parameters.entries()) {
		const name = toText(parameter.name ?? '').trim();
		if (!name) {
			throw new InvalidInput(
				`The name of query parameter ${position + 1} is empty`,
				'Enter its name, or remove the parameter.',
			);
		}
		if (Object.hasOwn(query, name)) {
			throw new InvalidInput(
				`The query parameter "${formatValue(name)}" is entered twice`,
				'Enter each parameter once. Several values of one parameter are separated by commas in most cases.',
			);
		}
		const value = parameter.value ?? undefined;
		if (typeof value === 'object') {
			throw new InvalidInput(
				`The value of the query parameter "${formatValue(name)}" is not a single value`,
				'Enter text, a number or true/false. Turn a list into text, e.g. {{ $json.names.join(",") }}.',
			);
		}
		query[name] = value === undefined ? undefined : String(value);
	}
	return query;
}
