import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { assertWellFormed } from '../api/transport/url';
import { supportsMethod, type Resource } from '../api/schema/catalog';
import { InvalidInput } from '../api/transport/errors';
import { parseRecordId, type Selector } from '../api/record';
import { formatValue } from '../api/formatValue';
import { ParameterReader } from './reader';

/** @throws InvalidInput when it is empty, no single value, or cannot be sent as it was meant */
const parseRegistrationNumber = (given: unknown): string => {
	const where = 'The Registration Number';
	if (typeof given === 'object' && given !== null) {
		throw new InvalidInput(
			`${where}, "${formatValue(given)}", is not a single value`,
			'Give one text, e.g. 2026-0012.',
		);
	}
	// A longer number has lost digits already and would be another record's; as text it is whole.
	if (typeof given === 'number' && !(Math.abs(given) <= Number.MAX_SAFE_INTEGER)) {
		throw new InvalidInput(
			`${where}, "${given}", has more digits than a number keeps`,
			'Give it as a text, in quotes.',
		);
	}
	const text = assertWellFormed(String(given ?? '').trim(), where);
	if (text) return text;
	throw new InvalidInput(
		`${where} is empty`,
		'Enter the registration number of the record, or choose another mode.',
	);
};

/** One input item and the parameters as they stand for it, read and checked. */
export class ItemParameters extends ParameterReader {
	constructor(
		readonly context: IExecuteFunctions,
		readonly index: number,
		readonly input: INodeExecutionData,
		resource: Resource,
	) {
		super(
			(name, fallback, extractValue) =>
				context.getNodeParameter(
					name,
					index,
					fallback as object,
					extractValue ? { extractValue } : undefined,
				),
			resource,
		);
	}

	/** The record the locator points at. */
	get selector(): Selector {
		const locator = this.readParameter('recordId') as
			| { mode?: string; value?: unknown }
			| string
			| number;
		const { mode = 'id', value } =
			typeof locator === 'object' && locator !== null ? locator : { value: locator };
		if (mode !== 'registration') {
			const otherwise = supportsMethod(this.resource, 'GET')
				? "For a registration number choose the mode 'By Registration Number'."
				: '';
			return { id: parseRecordId(value, `The ${this.resource.name} ID`, otherwise) };
		}
		const registration = parseRegistrationNumber(value);
		return this.readChoice(
			'Registration Number Is Sent As',
			this.readOption('registrationParameter'),
			['registration', 'number'],
		) === 'number'
			? { number: registration }
			: { registration };
	}
}
