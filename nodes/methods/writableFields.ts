import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { InvalidInput } from '../api/common/invalidInput';
import { formatValue, removeTags } from '../api/common/formatValue';
import type { EntityMethod } from '../api/schema/catalog';
import { supportsMethod } from '../api/schema/resources';
import type { SavedField } from '../parameters/savedField';
import { getCurrentResource, withNodeErrors, WRITE_OPERATIONS } from './currentSelection';
import { getFields } from './resourceMapping';

/** Choices of a field that are listed, at most. */
const MAX_CHOICES_LISTED = 10;

/** The methods that the operations need. */
const WRITE_METHODS: Record<string, EntityMethod[]> = {
	create: ['POST'],
	update: ['PATCH'],
	upsert: ['POST', 'PATCH'],
};

/** n8n's names of types, in the words of JSON. */
const TYPE_NAMES: Record<string, string> = {
	string: 'text',
	dateTime: 'day',
	date: 'day',
	array: 'list',
	id: 'ID',
};

const isBoolean = ({ options = [] }: SavedField): boolean =>
	options.length > 0 && options.every(({ value }) => typeof value === 'boolean');

function describeFieldType(field: SavedField): string {
	if (isBoolean(field)) return 'true/false';
	const type = field.kind ?? field.type ?? 'string';
	return TYPE_NAMES[type] ?? (type === 'options' ? 'choice' : type);
}

/** The choices with their values, those of a short list all. */
function describeChoices({ options = [] }: SavedField): string {
	const listed = options.slice(0, MAX_CHOICES_LISTED).map(({ name, value }) =>
		// The names of records end in their IDs.
		name.includes(`(${value})`) ? name : `${formatValue(value)} (${name})`,
	);
	return `${listed.join(', ')}${options.length > listed.length ? ' …' : ''}`;
}

function toFieldOption(field: SavedField): INodePropertyOptions {
	const { id, displayName, required, options } = field;
	const marks = [describeFieldType(field), required && 'required'].filter(Boolean).join(', ');
	const choices = options?.length && !isBoolean(field) ? `Values: ${describeChoices(field)}` : '';
	const label = displayName.startsWith(id) ? '' : displayName;
	// The names of records and of fields are texts of the account.
	const description = removeTags([label, choices].filter(Boolean).join('. '));
	return { name: `${id} (${marks})`, value: id, ...(description && { description }) };
}

/**
 * @throws InvalidInput where the parameters do not tell what is written. A model reads the message alone, so the message
 *   says what to pass.
 */
function assertWriteIsKnown(context: ILoadOptionsFunctions): void {
	const resource = getCurrentResource(context);
	if (!resource.entity) {
		throw new InvalidInput(
			`${resource.plural} have no fields to write`,
			'Choose another resource.',
		);
	}
	const operation = String(context.getCurrentNodeParameter('operation'));
	const methods = WRITE_METHODS[operation] ?? [];
	if (!methods.every((method) => supportsMethod(resource, method))) {
		throw new InvalidInput(
			`The operation "${operation}" does not exist for ${resource.plural}`,
			'Choose another operation.',
		);
	}
	if (WRITE_OPERATIONS.includes(operation)) return;
	throw new InvalidInput(
		`The fields depend on the operation: pass one of ${WRITE_OPERATIONS.join(', ')} as "operation"`,
		'Documents have a "documentType" besides, e.g. {"mode": "name", "value": "INVOICE.SALES"}.',
	);
}

/**
 * Lists the fields that can be written, with their types, which are required, and their choices: those of the mapper,
 * for models that build workflows, which cannot ask for the mapper's list. Required fields come first.
 */
export async function getWritableFields(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	return await withNodeErrors(this, async () => {
		assertWriteIsKnown(this);
		const { fields, emptyFieldsNotice } = await getFields.call(this);
		// The mapper gives the reason for an empty list as a notice.
		if (emptyFieldsNotice && !fields.length)
			throw new InvalidInput(emptyFieldsNotice, 'Pass all fields as JSON.');
		return [...fields].sort((a, b) => Number(b.required) - Number(a.required)).map(toFieldOption);
	});
}
