import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { whole } from '../api/address';
import type { Resource } from '../api/catalog';
import { InvalidInput } from '../api/errors';
import { recordId, type Selector } from '../api/record';
import { Given } from './given';

/** One input item and the parameters as they stand for it, read and checked. */
export class Item extends Given {
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
		const locator = this.parameter('recordId') as
			| { mode?: string; value?: unknown }
			| string
			| number;
		const { mode = 'id', value } =
			typeof locator === 'object' && locator !== null ? locator : { value: locator };
		if (mode !== 'registration') return { id: recordId(value, `The ${this.resource.name} ID`) };
		const registration = whole(String(value ?? '').trim(), 'The Registration Number');
		if (!registration) {
			throw new InvalidInput(
				'The Registration Number is empty',
				'Enter the registration number of the record, or choose another mode.',
			);
		}
		return this.choice('Registration Number Is Sent As', this.option('registrationParameter'), [
			'registration',
			'number',
		]) === 'number'
			? { number: registration }
			: { registration };
	}
}
