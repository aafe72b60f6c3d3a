import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { isBlankText } from '../api/common/json';
import { InvalidInput } from '../api/common/invalidInput';
import {
	TRIGGER_RESOURCE,
	findResource,
	findViewForType,
	listMainViews,
	type Resource,
} from '../api/schema/resources';
import { TEAMOGY_CREDENTIAL } from '../n8n/client';
import { toNodeError } from '../n8n/errors';
import { readUnitId } from '../parameters/options';
import { ParameterReader } from '../parameters/reader';
import { readView } from '../parameters/view';

/** Operations that do not show the view, which may still have a value. The type of the document decides the view. */
export const WRITE_OPERATIONS = ['create', 'update', 'upsert'];

/**
 * The resource now chosen in the editor. A trigger has no resources: it chooses among all views.
 *
 * @throws InvalidInput where no parameters are given at all: a list of another view would be wrong
 */
export function getCurrentResource(context: ILoadOptionsFunctions): Resource {
	const value = context.getCurrentNodeParameter('resource');
	if (value !== undefined) return findResource(String(value));
	if (context.getCurrentNodeParameter('view') !== undefined) return TRIGGER_RESOURCE;
	throw new InvalidInput(
		// A model reads the message alone.
		'The list depends on parameters of the node: pass them, e.g. {"resource": "invoice", "operation": "getAll", "view": "invoices.sales"}',
		'The trigger needs {"view": "invoices.sales"}.',
	);
}

/** n8n asks for the lists of a new node before the node has a credential. */
export const hasCredential = (context: ILoadOptionsFunctions): boolean =>
	context.getNode().credentials?.[TEAMOGY_CREDENTIAL] !== undefined;

/** Whether the view is known. A new node for any view has no name of one yet. */
export const isViewNamed = (context: ILoadOptionsFunctions): boolean =>
	(getCurrentResource(context).kind !== 'anyView' &&
		context.getCurrentNodeParameter('view') !== 'custom') ||
	!isBlankText(context.getCurrentNodeParameter('viewName'));

/** Reads the document type; empty where it is not known yet, or differs from item to item. */
function readCurrentType(context: ILoadOptionsFunctions): string {
	// An update has no type, but may still have the value of another operation.
	if (context.getCurrentNodeParameter('operation') === 'update') return '';
	// Read from the locator itself: n8n extracts its value only where the parameter is shown, else n8n throws.
	const locator = context.getCurrentNodeParameter('documentType') as
		| { value?: unknown }
		| undefined;
	const type = String(locator?.value ?? '');
	return type.startsWith('=') ? '' : type;
}

/**
 * The resource, view and business unit now chosen in the editor.
 *
 * @returns `views`: where the records are found that the node writes, the default first
 */
export function getCurrentSelection(context: ILoadOptionsFunctions) {
	const resource = getCurrentResource(context);
	const parameters = new ParameterReader(
		(name, fallback) => context.getCurrentNodeParameter(name) ?? fallback,
		resource,
	);
	const unitId = readUnitId(parameters);
	if (!WRITE_OPERATIONS.includes(String(context.getCurrentNodeParameter('operation')))) {
		const view = readView(parameters);
		return { resource, unitId, view, views: [view] };
	}
	const type = readCurrentType(context);
	const view = findViewForType(resource, type);
	const isTypeMissing = resource.documentTypes && !type;
	return { resource, unitId, view, views: isTypeMissing ? listMainViews(resource) : [view] };
}

/** Runs `work` for a list of the editor, which then shows an error in the words of the node. */
export async function withNodeErrors<T>(
	context: ILoadOptionsFunctions,
	work: () => Promise<T>,
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw toNodeError(context.getNode(), error);
	}
}
