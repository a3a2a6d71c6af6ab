"""What the window imports that needs no Qt: PySide6 reads the source of each module that is imported after it.

Whoever makes a window imports this file before PySide6. Each of these brings along what it needs.
"""

import numpy  # noqa: F401
import PIL.Image  # noqa: F401

import explorer.arithmetic.cells
import explorer.arithmetic.losses_beside
import explorer.data.augment
import explorer.display
import explorer.engine.training.run_folder
import explorer.lessons.file_names
import explorer.network.last_layer
import explorer.network.templates
import explorer.report
import explorer.resources
import explorer.session.batch_place
import explorer.session.chosen_before
import explorer.session.compared
import explorer.session.data_fit
import explorer.session.edits
import explorer.session.errands
import explorer.session.features.origins
import explorer.session.file_writing
import explorer.session.history
import explorer.session.jobs.comparison
import explorer.session.jobs.familiarity
import explorer.session.jobs.lesson_writing
import explorer.session.jobs.lessons
import explorer.session.jobs.passes
import explorer.session.jobs.plane
import explorer.session.jobs.steps
import explorer.session.jobs.training
import explorer.session.jobs.weights
import explorer.session.left_over
import explorer.session.lesson_run
import explorer.session.model_errands
import explorer.session.open_views
import explorer.session.own_document
import explorer.session.reading_names
import explorer.session.run_progress
import explorer.session.runner
import explorer.session.step_code
import explorer.session.subjects.opened_model
import explorer.session.veiling
import explorer.session.worker.worker  # noqa: F401  # all of them
