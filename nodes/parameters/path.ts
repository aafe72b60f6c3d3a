import type { INodeProperties } from 'n8n-workflow';

import { formatValue } from '../api/common/formatValue';
import { InvalidInput } from '../api/common/invalidInput';
import { encode } from '../api/transport/url';
import type { ParameterReader } from './reader';

/** The path of an API request. */
export const pathParameter: INodeProperties = {
	displayName: 'Path',
	name: 'path',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. views/jobs',
	description:
		'The path within the business unit, without the domain, e.g. companies or views/jobs',
};

/**
 * Reads a path within the business unit, e.g. `companies` or `views/jobs`, and encodes it.
 *
 * @throws InvalidInput for a full address, a path that leaves the unit, or a query in the path
 */
export function readPath(parameters: ParameterReader): string {
	const path = parameters.readParameter('path', '');
	const text = typeof path === 'string' ? path.trim() : '';
	const fail = (why: string): never => {
		throw new InvalidInput(
			`'Path' "${formatValue(text)}" ${why}`,
			'Enter it relative to the business unit, e.g. companies or views/jobs. What follows a "?" belongs in \'Query Parameters\'.',
		);
	};
	if (!text) fail('is empty');
	if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(text)) fail('is a full address');
	if (/^\/?rest\/v\d/i.test(text)) fail('starts before the business unit');
	if (/[?#]/.test(text)) fail('has a query in it');
	if (text.includes('\\')) fail('has a backslash in it');
	let steps: string[] = [];
	try {
		steps = text
			.replace(/^\/|\/$/g, '')
			.split('/')
			.map(decodeURIComponent);
	} catch {
		fail('has a "%" that stands for no character');
	}
	if (steps.some((step) => /^\.\.?$|[/\\]/.test(step))) fail('leaves the business unit');
	if (steps.includes('')) fail('has an empty part');
	return steps.map(encode).join('/');
}
