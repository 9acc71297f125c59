// Loaded right after htmx: it must neither write styles into the page nor evaluate text, which the policy forbids.
window.htmx.config.includeIndicatorStyles = false;
window.htmx.config.allowEval = false;
window.htmx.config.selfRequestsOnly = true;
