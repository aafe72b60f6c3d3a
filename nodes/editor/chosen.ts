import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { EVERY_VIEW, resourceOf, viewOfType, type Resource } from '../api/catalog';
import { nodeError } from '../context/nodeError';
import { Given } from '../given/given';

/** Operations without a choice of view: it follows from the type of document. */
const WRITING = ['create', 'update', 'upsert'];

/** The resource the parameters now in the editor point at. */
export function chosenResource(context: ILoadOptionsFunctions): Resource {
	// A trigger has no resources: it chooses among all views.
	const value = context.getCurrentNodeParameter('resource');
	return value === undefined ? EVERY_VIEW : resourceOf(String(value));
}

/** The view and unit the parameters now in the editor point at. */
export function chosen(context: ILoadOptionsFunctions) {
	const resource = chosenResource(context);
	const given = new Given(
		(name, fallback) => context.getCurrentNodeParameter(name) ?? fallback,
		resource,
	);
	const { unitId } = given;
	if (!WRITING.includes(String(context.getCurrentNodeParameter('operation')))) {
		return { resource, unitId, view: given.view };
	}
	// n8n extracts a locator's value only where the parameter is shown, and throws where it is not.
	const documentType = context.getCurrentNodeParameter('documentType') as
		| { value?: unknown }
		| undefined;
	return { resource, unitId, view: viewOfType(resource, String(documentType?.value ?? '')) };
}

/** Runs what an editor list needs; what goes wrong is shown in the list as the node would say it. */
export async function explained<T>(
	context: ILoadOptionsFunctions,
	work: () => Promise<T>,
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw nodeError(context.getNode(), error);
	}
}
