import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { findResource, findViewForType, TRIGGER_RESOURCE } from '../api/schema/catalog';
import { toNodeError } from '../n8n/errors';
import { readUnitId } from '../parameters/options';
import { ParameterReader } from '../parameters/reader';
import { readView } from '../parameters/view';

/** Operations that do not show the view, which may still have a value. The type of the document decides the view. */
const WRITE_OPERATIONS = ['create', 'update', 'upsert'];

/** Returns the resource chosen in the editor. A trigger has no resources: it chooses among all views. */
export function getCurrentResource(context: ILoadOptionsFunctions) {
	const value = context.getCurrentNodeParameter('resource');
	return value === undefined ? TRIGGER_RESOURCE : findResource(String(value));
}

/** Reads the resource, view and business unit chosen in the editor. */
export function getCurrentSelection(context: ILoadOptionsFunctions) {
	const resource = getCurrentResource(context);
	const parameters = new ParameterReader(
		(name, fallback) => context.getCurrentNodeParameter(name) ?? fallback,
		resource,
	);
	const unitId = readUnitId(parameters);
	if (!WRITE_OPERATIONS.includes(String(context.getCurrentNodeParameter('operation')))) {
		return { resource, unitId, view: readView(parameters) };
	}
	// Read from the locator itself: n8n extracts its value only where the parameter is shown, else n8n throws.
	const documentType = context.getCurrentNodeParameter('documentType') as
		| { value?: unknown }
		| undefined;
	return { resource, unitId, view: findViewForType(resource, String(documentType?.value ?? '')) };
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
