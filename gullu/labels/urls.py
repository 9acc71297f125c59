from django.urls import path

from gullu.labels import views

app_name = "labels"
urlpatterns = [
    path("", views.home, name="home"),
    path("template-preview.png", views.template_preview, name="template_preview"),
    path("calibration/<int:template>.<slug:output>", views.calibration, name="calibration"),
    path("print/<slug:slug>/", views.start, name="start"),
    path("run/<int:pk>/", views.run, name="run"),
    path("run/<int:pk>/check/", views.run_check, name="run_check"),
    path("run/<int:pk>/page-<int:number>.png", views.run_page, name="run_page"),
    path("run/<int:pk>/labels.<slug:output>", views.run_file, name="run_file"),
    path("<slug:slug>/<int:key>.<slug:output>", views.single, name="single"),
]
