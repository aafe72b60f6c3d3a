import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { isBlankText, isObject } from '../api/common/json';
import { InvalidInput } from '../api/common/invalidInput';
import { parseChoice, type ParameterReader } from './reader';

export const emptyValuesOption: INodeProperties = {
	displayName: 'Empty Values',
	name: 'emptyValues',
	type: 'options',
	options: [
		{
			name: 'Clear the Field',
			value: 'clear',
			description: 'An empty text or null is sent, to clear the field',
		},
		{
			name: 'Ignore',
			value: 'ignore',
			description: 'A field whose value is null or a blank text is not sent',
		},
	],
	default: 'clear',
	description: 'What to do with fields whose value is null or a blank text, also in properties',
};

export const readEmptyValues = (parameters: ParameterReader): 'clear' | 'ignore' =>
	parseChoice('Empty Values', parameters.readOption('emptyValues'), ['clear', 'ignore']);

const removeBlank = (fields: IDataObject): IDataObject =>
	Object.fromEntries(Object.entries(fields).filter(([, value]) => !isBlankText(value)));

/**
 * Removes the fields and the entries of `properties` without a value. Values within lists and other objects stay:
 * they are part of one value.
 *
 * @throws InvalidInput where nothing is left
 */
export function removeEmptyValues(body: IDataObject): IDataObject {
	const fields = removeBlank(body);
	if (isObject(fields.properties)) {
		fields.properties = removeBlank(fields.properties);
		if (!Object.keys(fields.properties).length) delete fields.properties;
	}
	if (Object.keys(fields).length || !Object.keys(body).length) return fields;
	throw new InvalidInput(
		'There is no field to write: all values are empty',
		"Remove such items before this node (e.g. with Filter). To clear fields choose 'Clear the Field' under 'Empty Values'.",
	);
}
