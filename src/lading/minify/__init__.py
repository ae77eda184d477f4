"""Makes style sheets and scripts smaller, when asked to: CSS by rcssmin, JavaScript by esbuild."""
