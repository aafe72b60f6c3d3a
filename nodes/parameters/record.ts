import type { INodeProperties } from 'n8n-workflow';

import { formatValue } from '../api/common/formatValue';
import { isObjectOrList, isUnsafeNumber } from '../api/common/json';
import { parseRecordId, type Selector } from '../api/record';
import { supportsMethod, type Resource } from '../api/schema/resources';
import { InvalidInput } from '../api/common/invalidInput';
import { assertWellFormed } from '../api/common/unicode';
import { parseChoice, type ParameterReader } from './reader';
import { withArticle } from './wording';

/** Milliseconds after which the editor says that the list takes a while. */
const SLOW_LOAD = 10_000;

/** For models that build workflows. */
const RECORD_HINT = { propertyHint: 'Mode "id" for a known ID or an expression' };

const buildRecordParameter = (resource: Resource): INodeProperties => {
	const { value, name, documentTypes } = resource;
	return {
		displayName: name,
		name: 'recordId',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		builderHint: RECORD_HINT,
		// The editor clears the record when the resource or view changes: a record belongs to one of them.
		typeOptions: { loadOptionsDependsOn: ['resource', 'view'] },
		displayOptions: { show: { resource: [value] } },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: `Select ${withArticle(name)}…`,
				typeOptions: {
					searchListMethod: 'searchRecords',
					searchable: true,
					slowLoadNotice: {
						message: `If the list takes long, choose ${withArticle(name)} by its ID with 'By ID'.`,
						timeout: SLOW_LOAD,
					},
				},
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. 1234',
			},
			...(supportsMethod(resource, 'GET')
				? [
						{
							displayName: 'By Registration Number',
							name: 'registration',
							type: 'string' as const,
							placeholder: documentTypes ? 'e.g. FV-2026-0001' : 'e.g. 12345678',
							hint: "If it is not found, change 'Registration Number Parameter' under 'Options'",
						},
					]
				: []),
		],
	};
};

/** The record to read or change. Only records of entities are found by a registration number. */
export const buildRecordParameters = (resources: readonly Resource[]): INodeProperties[] =>
	resources.map(buildRecordParameter);

export const registrationOption: INodeProperties = {
	displayName: 'Registration Number Parameter',
	name: 'registrationParameter',
	type: 'options',
	options: [
		{ name: 'Number', value: 'number' },
		{ name: 'Registration', value: 'registration' },
	],
	default: 'registration',
	description:
		'The query parameter for the registration number. If no record is found, try the other one.',
};

const parseRegistrationNumber = (value: unknown): string => {
	const label = 'The Registration Number';
	const fail = (why: string, hint: string): never => {
		throw new InvalidInput(`${label}${why}`, hint);
	};
	if (isObjectOrList(value))
		fail(`, "${formatValue(value)}", is not a single value`, 'Enter one text, e.g. 2026-0012.');
	// A rounded number names another record. A text keeps all digits.
	if (isUnsafeNumber(value))
		fail(
			`, "${String(value)}", has more digits than a number keeps`,
			'Enter it as text, in quotes.',
		);
	const text = assertWellFormed(String(value ?? '').trim(), label);
	if (!text)
		fail(' is empty', 'Enter the registration number of the record, or choose another mode.');
	return text;
};

/** Names a record in messages, e.g. `job 1234`. */
export const describeRecord = ({ name }: Resource, selector: Selector): string =>
	`${name.toLowerCase()} ${formatValue(Object.values(selector)[0])}`;

/** Reads what identifies the record: its ID or its registration number. */
export function readSelector(parameters: ParameterReader): Selector {
	const locator = parameters.readParameter('recordId');
	const { mode = 'id', value } = (isObjectOrList(locator) ? locator : { value: locator }) as {
		mode?: string;
		value?: unknown;
	};
	if (mode !== 'registration') {
		const { resource } = parameters;
		const alternative = supportsMethod(resource, 'GET')
			? "For a registration number choose the mode 'By Registration Number'."
			: '';
		return { id: parseRecordId(value, `The ${resource.name} ID`, alternative) };
	}
	const number = parseRegistrationNumber(value);
	const sentAs = parseChoice(
		'Registration Number Parameter',
		parameters.readOption('registrationParameter'),
		['registration', 'number'],
	);
	return sentAs === 'number' ? { number } : { registration: number };
}
